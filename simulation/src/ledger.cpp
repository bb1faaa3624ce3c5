#include "ledger.hpp"

namespace syncline::simulation {

void Ledger::withdraw(const std::string& slot, const Register& withdrawn) {
  withdrawn_.emplace(slot, withdrawn.stamp);
  const auto of_slot = ops_.find(slot);
  if (of_slot == ops_.end()) return;
  const auto found = of_slot->second.find(withdrawn);
  if (found != of_slot->second.end() && --found->second == 0) of_slot->second.erase(found);
}

bool Ledger::has(const std::string& slot) const {
  const auto of_slot = ops_.find(slot);
  return of_slot != ops_.end() && !of_slot->second.empty();
}

bool Ledger::was_written(const std::string& slot, const Register& seen) const {
  const auto of_slot = ops_.find(slot);
  return of_slot != ops_.end() && of_slot->second.contains(seen);
}

bool Ledger::was_acknowledged(const std::string& slot, const Register& sent) const {
  const auto of_slot = acknowledged_.find(slot);
  return of_slot != acknowledged_.end() && of_slot->second.contains(sent);
}

bool Ledger::was_acknowledged(const std::string& slot, const Register& sent,
                              const std::string& epoch) const {
  return was_acknowledged(slot, sent) && acknowledged_.at(slot).at(sent).contains(epoch);
}

std::set<Register> Ledger::written(const std::string& slot) const {
  std::set<Register> written;
  if (const auto of_slot = ops_.find(slot); of_slot != ops_.end()) {
    for (const auto& [one, count] : of_slot->second) written.insert(one);
  }
  return written;
}

void Ledger::hold(const std::string& slot, const Stamp& stamp, const Schema& schema) {
  const std::string digest = schema.id() ? schema.id()->digest : std::string();
  holders_[{slot, stamp}].insert(&schemas_.try_emplace(digest, schema).first->second);
}

std::vector<const Schema*> Ledger::held_by(const std::string& slot, const Stamp& stamp) const {
  const auto found = holders_.find({slot, stamp});
  if (found == holders_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

void Ledger::visit(
    const std::function<void(const std::string&, const std::set<Register>&)>& visitor) const {
  for (const auto& [slot, registers] : ops_) {
    if (!registers.empty()) visitor(slot, written(slot));
  }
}

Slots Ledger::expected() const {
  Slots expected;
  for (const auto& [slot, registers] : ops_) {
    if (!registers.empty()) expected.emplace(slot, registers.rbegin()->first);
  }
  return expected;
}

}  // namespace syncline::simulation
