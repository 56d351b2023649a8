/* log.h - the inside of the log of requests. Floor 6a. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SRC_HTTP_LOG_H
#define CEDE_SRC_HTTP_LOG_H

#include <cede/http_log.h>

#include "http/server.h"

/* Add the line of a request that was answered, or refused. Never waits. From any thread. */
void cede__http_log_request(cede_http_log *log, const struct cede_http_request *request);

#endif
