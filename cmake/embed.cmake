# embed(<file.cpp> <WHAT>): generates build/generated/<file.cpp> with tools/embed.py.
function(embed OUTPUT WHAT)
  if(WHAT STREQUAL MIGRATIONS)
    file(GLOB inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/db/migrations/*.sql)
  elseif(WHAT STREQUAL BREACHED)
    set(inputs ${CMAKE_SOURCE_DIR}/src/crypto/breached_passwords.txt)
  elseif(WHAT STREQUAL CONTRACT)
    set(inputs ${CMAKE_SOURCE_DIR}/api/openapi.yaml)
  elseif(WHAT STREQUAL TAXONOMY)
    set(inputs ${CMAKE_SOURCE_DIR}/src/vision/taxonomy.tsv)
  elseif(WHAT STREQUAL FOLDING)
    set(inputs ${CMAKE_SOURCE_DIR}/src/base/folding.tsv)
  elseif(WHAT STREQUAL SYNONYMS)
    set(inputs ${CMAKE_SOURCE_DIR}/src/features/search/synonyms.txt)
  elseif(WHAT STREQUAL TEXTS)
    file(GLOB inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/mail/texts/*.txt)
  elseif(WHAT STREQUAL WEB)
    set(inputs)
    if(PICSHARZ_WEB)
      file(GLOB_RECURSE inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/dist/*)
    endif()
  endif()
  string(TOLOWER ${WHAT} what)
  add_custom_command(
    OUTPUT ${GENERATED}/${OUTPUT}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${GENERATED}
    COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tools/embed.py ${what} ${GENERATED}/${OUTPUT}
            ${CMAKE_SOURCE_DIR} ${inputs}
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/tools/embed.py
    COMMENT "Embedding ${what}"
    VERBATIM)
endfunction()
