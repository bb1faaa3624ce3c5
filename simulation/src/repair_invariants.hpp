#pragma once

#include <set>
#include <string>
#include <vector>

#include "disk_contents.hpp"
#include "disk_damage.hpp"
#include "invariants.hpp"
#include "syncline/repair.hpp"

// What must hold when a disk was damaged, and of what a repair makes of it.

namespace syncline::simulation::invariants {

// Each entry that is damaged is a fault, or what it takes with it is.
[[nodiscard]] Finding a_verification_finds_what_is_damaged(const Store& disk,
                                                           const DiskDamage& damage,
                                                           const DiskContents& before);
// A repair that is stopped, or has no room for its commit, leaves all as it was.
[[nodiscard]] Finding an_interrupted_repair_changes_nothing(const DiskContents& before,
                                                            const DiskContents& after);
// After a repair, which is one commit, a verification finds nothing and another repair does
// nothing.
[[nodiscard]] Finding a_repaired_store_is_sound(DamagedDisk& disk, unsigned commits_before,
                                                Random& random);
// Of what is left in one copy at least, nothing is lost: each slot holds what it held, and what was
// pending is pending. What was taken out and can be read is kept.
[[nodiscard]] Finding a_repair_loses_nothing_that_is_there(const DiskDamage& damage,
                                                           const DiskContents& before,
                                                           const DiskContents& after);
// The replica has a new id, and asks for everything again, where something may be lost; where
// nothing can be, it stays who it is.
[[nodiscard]] Finding a_repair_is_as_careful_as_it_has_to_be(const RepairSummary& summary,
                                                             const DiskDamage& damage,
                                                             bool has_log_gaps,
                                                             const DiskContents& before,
                                                             const DiskContents& after);

}  // namespace syncline::simulation::invariants
