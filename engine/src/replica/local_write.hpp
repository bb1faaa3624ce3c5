#pragma once

#include <functional>

#include "replica/core.hpp"
#include "replica/draft.hpp"

namespace syncline::replica {

using DraftBody = std::function<Result<void>(Transaction::Draft&)>;

// Replica::write on a draft: takes the writers' turn, runs the body, and commits what it drafted or
// nothing of it. Errors: the body's, those of Store::commit.
[[nodiscard]] Result<void> write_draft(Replica::Core& core, const DraftBody& body);

}  // namespace syncline::replica
