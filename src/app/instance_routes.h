// What this instance says of itself: /v1/instance, the contract, health.
#pragma once

#include <string>
#include <vector>

#include "app/health.h"
#include "features/accounts/signup_service.h"
#include "http/router.h"
#include "image/image.h"

namespace picsharz::app {

struct InstanceInfo {
  std::string name;
  std::string description;
  std::vector<std::string> rules;
  accounts::InvitationPolicy invitations;
  bool visitors = true;  // false: for members only
  std::string terms;     // plain text; "": the rules alone
  std::string terms_version;
  std::int64_t minimum_age = 0;
  std::string models;  // rich, base or none
  image::Formats formats;
};

// Answered on the I/O thread, from memory.
void add_health_routes(http::Router& router, const Health& health);
void add_instance_routes(http::Router& router, InstanceInfo info,
                         const accounts::SignupService& signups);

std::string_view version();

}  // namespace picsharz::app
