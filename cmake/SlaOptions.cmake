# Options and what they mean for every target.  Flags hang on the interface
# target sla_flags, never on the whole project.
include(CTest)
include(GNUInstallDirs)

option(SLA_WERROR "treat warnings as errors (CI)" OFF)
set(SLA_SANITIZE "" CACHE STRING "sanitizers, e.g. address,undefined")
option(SLA_ONLY_ARCHIVES "archives alone, for a binding that links them in" OFF)
option(SLA_FUZZ "build the libFuzzer targets (clang)" OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# An installed program finds the library beside it, wherever the tree lies.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

find_package(PkgConfig REQUIRED)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
find_path(CCTZ_INCLUDE_DIR cctz/time_zone.h REQUIRED)
find_library(CCTZ_LIBRARY cctz REQUIRED)
if(NOT SLA_ONLY_ARCHIVES)
  find_path(LIBEV_INCLUDE_DIR ev.h REQUIRED)
  find_library(LIBEV_LIBRARY ev REQUIRED)
endif()
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.37) # STRICT tables
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)

add_library(sla_flags INTERFACE)
target_compile_features(sla_flags INTERFACE c_std_11 cxx_std_17)
target_compile_options(sla_flags INTERFACE
  -Wall -Wextra -Wshadow -Wpointer-arith -Wwrite-strings
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes>
  $<$<BOOL:${SLA_WERROR}>:-Werror>)
if(SLA_SANITIZE)
  target_compile_options(sla_flags INTERFACE -fsanitize=${SLA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(sla_flags INTERFACE -fsanitize=${SLA_SANITIZE})
endif()
