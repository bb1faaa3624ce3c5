# What every target of the project is compiled with: an interface target to link, not global flags.
add_library(syncline_toolchain INTERFACE)
target_compile_options(syncline_toolchain INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wnull-dereference -Werror=return-type)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 reports these inside its own inlined standard library at -O2 (gcc bugs 105329, 105651).
  target_compile_options(syncline_toolchain INTERFACE
    -Wno-restrict -Wno-null-dereference -Wno-maybe-uninitialized)
endif()
if(SYNCLINE_SANITIZE)
  # What the checks of a test expand to is not what is under test, and watching it doubles the time it takes to compile.
  target_compile_options(syncline_toolchain INTERFACE
    -fsanitize=${SYNCLINE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    $<$<BOOL:$<TARGET_PROPERTY:SYNCLINE_TEST>>:-fno-sanitize=undefined>)
  target_link_options(syncline_toolchain INTERFACE -fsanitize=${SYNCLINE_SANITIZE})
endif()

find_program(SYNCLINE_CCACHE ccache)
if(SYNCLINE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The same sources hit the cache wherever the checkout is.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true ${SYNCLINE_CCACHE})
endif()
find_program(SYNCLINE_MOLD mold)
if(SYNCLINE_MOLD)
  target_link_options(syncline_toolchain INTERFACE -fuse-ld=mold)
endif()
