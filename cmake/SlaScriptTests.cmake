# Tests that are scripts: they look at the sources, the libraries and what an
# outside program sees.  Each gets CC, CXX and the programs in build/bin.

# Debian's own python3, not one that happens to stand first on PATH: it is the
# one for which apt installs modules.
find_program(SLA_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(SLA_PYTHON NAMES python3 REQUIRED)

# sla_script_test(NAME COMMAND...)
function(sla_script_test name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77
    ENVIRONMENT "CMAKE_GENERATOR=${CMAKE_GENERATOR};CC=${CMAKE_C_COMPILER};CXX=${CMAKE_CXX_COMPILER};PYTHON=${SLA_PYTHON};SLA_BUILD=${PROJECT_BINARY_DIR}")
endfunction()

set(tests ${PROJECT_SOURCE_DIR}/tests)

if(SLA_SANITIZE) # a sanitizer has its own imports and its own data
  set(floors_archive)
  set(symbols_options --exports-only)
else()
  set(floors_archive $<TARGET_FILE:sla_static>)
  set(symbols_options $<$<CONFIG:Debug>:--debug>)
endif()

sla_script_test(floors ${SLA_PYTHON} ${tests}/floors.py ${PROJECT_SOURCE_DIR} ${floors_archive})
sla_script_test(symbols ${SLA_PYTHON} ${tests}/symbols.py ${PROJECT_SOURCE_DIR}
  $<TARGET_FILE:sla_shared> ${symbols_options})
foreach(adapter ev pg sqlite testing)
  sla_script_test(symbols_${adapter} ${SLA_PYTHON} ${tests}/symbols.py ${PROJECT_SOURCE_DIR}
    $<TARGET_FILE:sla_${adapter}_shared> ${symbols_options})
endforeach()
sla_script_test(calendar_schema ${SLA_PYTHON} ${tests}/calendar_schema.py ${PROJECT_SOURCE_DIR})
sla_script_test(headers sh ${tests}/headers.sh ${PROJECT_SOURCE_DIR})
if(NOT SLA_SANITIZE) # an outside program would need the same sanitizer: the plain build asks
  sla_script_test(package sh ${tests}/package/run.sh ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
endif()
foreach(name deadline by_hand on_libev crm_threads host)
  sla_script_test(example_${name} sh ${tests}/examples/run.sh
    $<TARGET_FILE:example_${name}> ${tests}/examples/${name}.txt)
endforeach()
sla_script_test(bench_table ${SLA_PYTHON} ${tests}/bench_table.py)
if(NOT SLA_SANITIZE) # callgrind cannot run what a sanitizer watches
  foreach(subject calendar engine latency start store store-sqlite timers)
    sla_script_test(bench_${subject} ${SLA_PYTHON} ${tests}/bench.py $<TARGET_FILE:sla-bench> ${subject})
  endforeach()
  sla_script_test(bench_peers sh ${tests}/bench_peers.sh $<TARGET_FILE:sla-bench> ${PROJECT_SOURCE_DIR})
endif()
sla_script_test(day ${SLA_PYTHON} ${tests}/test_day.py $<TARGET_FILE:sla-day> ${PROJECT_SOURCE_DIR})
sla_script_test(example_story sh ${tests}/examples/story.sh ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
sla_script_test(story ${SLA_PYTHON} ${tests}/test_story.py $<TARGET_FILE:sla_cli> ${PROJECT_SOURCE_DIR})
