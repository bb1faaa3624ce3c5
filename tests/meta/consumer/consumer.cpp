// Uses something of each library. Its one argument is a directory to write to.

#include <cstdio>
#include <memory>

#include <syncline/https_transport.hpp>
#include <syncline/lmdb_store.hpp>
#include <syncline/memory_store.hpp>
#include <syncline/replica.hpp>

namespace {

bool keeps_a_record(syncline::Store& store) {
  const auto wall = syncline::system_wall_clock();
  const auto random = syncline::system_random();
  const auto replica = syncline::Replica::open(store, *wall, *random);
  if (!replica) return false;
  const auto written = (*replica)->write([](syncline::Transaction& transaction) {
    return transaction.put("days", "today", {{"steps", syncline::Value(7'000)}});
  });
  const auto found = (*replica)->get("days", "today");
  return written && found && *found &&
         (*found)->fields == syncline::Value::Object{{"steps", syncline::Value(7'000)}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto memory = syncline::make_memory_store();
  syncline::LmdbOptions options;
  options.directory = argv[1];
  options.create = true;
  const auto lmdb = syncline::open_lmdb_store(options);
  if (!lmdb || !keeps_a_record(*memory) || !keeps_a_record(**lmdb)) return 1;
  syncline::HttpsOptions https;
  https.base_url = "https://sync.example.org";
  if (!syncline::make_https_transport(https)) return 1;
  std::puts("consumer: ok");
  return 0;
}
