# Installs the libraries, their public headers and a package config, as the component `development`:
# find_package(syncline) gives syncline::engine, syncline::memory, syncline::lmdb, syncline::https,
# syncline::loopback and syncline::simulation.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/syncline)
foreach(library engine memory lmdb https loopback simulation)
  set_target_properties(syncline_${library} PROPERTIES EXPORT_NAME ${library})
  install(TARGETS syncline_${library} EXPORT syncline
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
endforeach()
foreach(part engine storage/memory storage/lmdb transports/https transports/loopback simulation)
  install(DIRECTORY ${part}/include/syncline DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
endforeach()
install(EXPORT syncline NAMESPACE syncline:: FILE syncline-targets.cmake
  DESTINATION ${package_dir} COMPONENT development)

configure_package_config_file(cmake/syncline-config.cmake.in ${CMAKE_BINARY_DIR}/syncline-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/syncline-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/syncline-config.cmake ${CMAKE_BINARY_DIR}/syncline-config-version.cmake
  DESTINATION ${package_dir} COMPONENT development)
