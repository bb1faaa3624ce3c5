#include <algorithm>
#include <set>
#include <utility>

#include "carried_meaning.hpp"
#include "schema_rules.hpp"
#include "syncline/schema_change.hpp"
#include "syncline/slot.hpp"
#include "world.hpp"

// Devices that come from one schema to another, at any moment and by fits and starts.

namespace syncline::simulation {
namespace {

constexpr unsigned kAttemptsMax = 3;

Schema parsed(const std::string& document) { return *Schema::parse(document); }

}  // namespace

const std::string& World::schema_for(Device& device) const {
  const std::size_t age = schema_ages_[device.number()];
  const auto place = place_in(family(), device.account().schema.document);
  if (!options_.schemas.empty() || !place) return schema(age);
  const SchemaVersions& versions = family()[*place];
  const std::string& given = versions[age % versions.size()];
  // What its rules were before, a field that the older version does not declare has still.
  const auto& account = device.account().schema;
  if (changes_rules(account, parsed(account.document), parsed(given))) return account.document;
  // Others may have put values into a field that the older version does not declare.
  const auto compared = compare_schema(device.store(), given);
  if (compared && compared->needs_migration()) return account.document;
  return given;
}

// What an opening made of the store's schema. A process that ends meanwhile leaves either in force.
void World::account_for_schema(Device& device, const std::string& given) {
  if (!options_.schemas.empty()) return;
  SchemaAccount& account = device.account().schema;
  if (device.is_running())
    report(invariants::the_newer_schema_is_in_force(account, given, device.replica().schema()));
  const auto stored = compare_schema(device.store(), given);
  if (!stored || !stored->before || stored->before->digest != parsed(given).id()->digest) return;
  if (account.document.empty()) account.document = given;
  if (account.document == given) return;
  note_former(account, parsed(account.document), parsed(given));
  auto& former = account.former_documents;
  if (std::find(former.begin(), former.end(), account.document) == former.end())
    former.push_back(account.document);
  account.document = given;
}

bool World::may_migrate(const Device& device) const {
  // An app's own schemas are all that it has. A disk that goes back has other rules again.
  return options_.schemas.empty() && backups_[device.number()] == nullptr;
}

void World::migrate(Device& device, SeededRandom& random) {
  const SchemaAccount& account = device.account().schema;
  if (!may_migrate(device) || account.document.empty() || account.unread) return;
  if (device.is_running()) report(Audit::look_at_queries(device));
  device.stop();
  refuse_openings(device, random);
  std::optional<std::string> document;
  const std::uint64_t kind = random.below(8);
  const SchemaVersions& versions = family()[random.below(family().size())];
  if (kind == 0) {
    document = account.document;
  } else if (kind != 1) {
    // An older version is no migration's.
    const bool may_be_older = parsed(account.document).id()->version == 1;
    document = versions[may_be_older ? random.below(versions.size()) : 0];
  }
  counts_.add(Fault::kSchemaMigrated);
  migrate_to(device, document, &random);
  start(device);
  if (device.is_running())
    report(invariants::state_is_the_fold_of_the_log(device.replica().replication()));
}

// What a newer or another app would do without a migration.
void World::refuse_openings(Device& device, SeededRandom& random) {
  const SchemaVersions& versions = family()[random.below(family().size())];
  const std::string& given = versions[random.below(versions.size())];
  report(invariants::a_changed_schema_is_refused(device.store(), given, device.account()));
}

// With `random` it may be interrupted.
void World::migrate_to(Device& device, const std::optional<std::string>& document,
                       SeededRandom* random) {
  SchemaAccount& account = device.account().schema;
  const Schema before = parsed(account.document);
  const Schema after = parsed(document.value_or(account.document));
  account.unread = carried_meaning(device.account().slots, account, before, after);
  const CarriedOver carried = *account.unread;
  const auto disk = copy_of(device.store().disk());
  const bool is_done = run_migration(device, document, random);
  report(invariants::a_migration_takes_nothing_away(*disk, device.store().disk(), carried));
  account.is_whole = is_done;
  note("device " + std::to_string(device.number()) + " is " + (is_done ? "" : "half ") +
       "migrated to " + after.id()->digest + ", which is to write " +
       std::to_string(carried.registers.size()) + " ops");
  std::set<std::pair<std::string, std::string>> taken_in;
  for (const auto& [slot, written] : carried.registers) {
    const auto parts = *split_slot_key(slot);
    taken_in.emplace(parts.collection, parts.field);
  }
  workload_->migrated(before, after, taken_in);
  if (!is_done) return;
  if (document) account_for_schema(device, *document);
  report(invariants::a_second_migration_writes_nothing(device.store().disk(), document));
}

// Whether all of it was done.
bool World::run_migration(Device& device, const std::optional<std::string>& document,
                          SeededRandom* random) {
  if (random != nullptr && random->below(3) == 0) {
    const auto when =
        random->below(2) == 0 ? ProcessStore::End::kBeforeCommit : ProcessStore::End::kAfterCommit;
    device.store().end_at_next_commit(when, static_cast<unsigned>(random->below(5)));
  }
  const SchemaAccount& account = device.account().schema;
  for (unsigned attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto migrated = device.migrate(document, options_.strategies);
    const bool has_ended = device.reap();
    if (migrated) return true;
    if (!has_ended && !device.store().is_full())
      report(invariants::writes_fail_only_for_a_reason(fail(migrated.error()), false));
    // The last commit may have been done all the same.
    const auto stored = compare_schema(device.store(), document.value_or(account.document));
    const bool is_new = document && *document != account.document && stored && stored->before &&
                        stored->before->digest == parsed(*document).id()->digest;
    if (is_new) return true;
    // The person may give up, and go on with what there was.
    if (random == nullptr || random->below(4) == 0) break;
  }
  return false;
}

// All devices come to one schema, take in what the others had made of it, and read the same.
void World::migrate_all() {
  SeededRandom random(mix(plan_.seed, 4));
  const bool is_one = random.below(4) == 0 && plan_.rates.of(Fault::kSchemaMigrated) != 0;
  const bool may_all = std::all_of(devices_.begin(), devices_.end(),
                                   [this](const auto& device) { return may_migrate(*device); });
  if (!is_one || !may_all) return;
  const std::string& document = family()[random.below(family().size())].front();
  for (unsigned round = 0; round < 2; ++round) {
    for (const auto& device : devices_) {
      if (finding_) return;
      device->stop();
      migrate_to(*device, document, nullptr);
      mend(*device);
    }
    come_to_rest();
  }
}

}  // namespace syncline::simulation
