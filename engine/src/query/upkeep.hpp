#pragma once

#include "query/index_list.hpp"
#include "replica/commit_builder.hpp"
#include "syncline/schema.hpp"
#include "syncline/store.hpp"

namespace syncline::query {

// Adds to a commit what its slots change in the indexes of their collections: for each record whose
// places may change, the entries that go and those that come. The store stands where the commit
// begins. It looks at nothing when there is no index. Errors: those of the store.
[[nodiscard]] Result<void> keep_indexes(const IndexList& list, const Schema& schema,
                                        const Store& store, replica::CommitBuilder& builder);

}  // namespace syncline::query
