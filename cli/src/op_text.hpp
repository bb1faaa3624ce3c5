#pragma once

#include <string>

#include "syncline/batch.hpp"
#include "syncline/schema.hpp"
#include "syncline/stamp.hpp"
#include "syncline/value.hpp"

namespace syncline::cli {

// An op for people: its stamp, its slot and its value.
[[nodiscard]] std::string op_to_text(const Op& op);

// What of its record an op writes: the field and, where it has parts, which of them.
[[nodiscard]] std::string place_text(const SlotKey& key, const Schema& schema, ReplicaId self);

// Whose it is: this device's, or a replica's.
[[nodiscard]] std::string device_text(ReplicaId replica, ReplicaId self);

// The op as members of a JSON object: stamp, collection, record, field, element, removed, value.
[[nodiscard]] Value::Object op_members(const Op& op);

}  // namespace syncline::cli
