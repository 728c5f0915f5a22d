#include "features/queries/shipped_queries.h"

#include <string_view>
#include <vector>

namespace picsharz::queries {
namespace {

struct Shipped {
  std::string_view name;
  std::string_view sql;
  Chart chart;
};

constexpr Shipped shipped[] = {
    {.name = "sign-ups-by-month",
     .sql = "select strftime(make_timestamp(created_at), '%Y-%m') as month, count(*) as sign_ups\n"
            "from accounts\n"
            "group by month\n"
            "order by month",
     .chart = Chart::line},
    {.name = "members-by-country",
     .sql = "select country, count(*) as members\n"
            "from accounts\n"
            "where state = 0\n"
            "group by country\n"
            "order by members desc, country",
     .chart = Chart::bars},
    {.name = "photos-by-day",
     .sql = "select cast(make_timestamp(created_at) as date) as day, count(*) as photos,\n"
            "  sum(bytes) as bytes\n"
            "from photos\n"
            "group by day\n"
            "order by day",
     .chart = Chart::line},
    {.name = "most-liked-photos",
     .sql = "select p.id, p.title, a.handle, p.likes, p.comments\n"
            "from photos p join accounts a on a.id = p.owner_id\n"
            "where p.state = 3 and p.visibility = 0\n"
            "order by p.likes desc, p.id desc\n"
            "limit 100",
     .chart = Chart::table},
    {.name = "most-followed-members",
     .sql = "select handle, name, followers, photos\n"
            "from accounts\n"
            "where state = 0\n"
            "order by followers desc, handle\n"
            "limit 100",
     .chart = Chart::table},
    {.name = "cameras",
     .sql = "select camera, count(*) as photos\n"
            "from photo_details\n"
            "where camera <> ''\n"
            "group by camera\n"
            "order by photos desc, camera\n"
            "limit 50",
     .chart = Chart::bars},
    {.name = "tags-typed-and-labels-seen",
     .sql = "select coalesce(t.tag, l.name) as word, coalesce(t.photos, 0) as typed,\n"
            "  coalesce(l.photos, 0) as seen\n"
            "from (select tag, count(*) as photos from photo_tags group by tag) t\n"
            "full join (select name, count(*) as photos from photo_labels group by name) l\n"
            "  on l.name = t.tag\n"
            "order by typed + seen desc, word\n"
            "limit 100",
     .chart = Chart::table},
    {.name = "storage-by-member",
     .sql = "select a.handle, count(p.id) as photos, sum(p.bytes) as bytes\n"
            "from accounts a join photos p on p.owner_id = a.id\n"
            "group by a.handle\n"
            "order by bytes desc, a.handle\n"
            "limit 100",
     .chart = Chart::bars},
    {.name = "hours-of-uploads",
     .sql = "select hour(make_timestamp(created_at)) as hour, count(*) as photos\n"
            "from photos\n"
            "group by hour\n"
            "order by hour",
     .chart = Chart::bars},
    {.name = "how-followed-how-liked",
     .sql = "select case when a.followers = 0 then '0'\n"
            "    when a.followers < 10 then '1-9'\n"
            "    when a.followers < 100 then '10-99' else '100+' end as followers,\n"
            "  count(*) as photos, round(avg(p.likes), 2) as likes_each\n"
            "from photos p join accounts a on a.id = p.owner_id\n"
            "where p.state = 3\n"
            "group by followers\n"
            "order by min(a.followers)",
     .chart = Chart::bars},
    {.name = "decisions-by-month",
     .sql = "select strftime(make_timestamp(created_at), '%Y-%m') as month,\n"
            "  count(*) filter (action = 0) as held,\n"
            "  count(*) filter (action = 1) as approved,\n"
            "  count(*) filter (action = 3) as removed,\n"
            "  count(*) filter (action = 5) as undone\n"
            "from moderation_decisions\n"
            "group by month\n"
            "order by month",
     .chart = Chart::line},
    {.name = "members-without-photos",
     .sql = "select count(*) as members,\n"
            "  count(*) filter (photos = 0) as without_a_photo,\n"
            "  count(*) filter (following = 0) as following_nobody,\n"
            "  count(*) filter (photos = 0 and following = 0) as neither\n"
            "from accounts\n"
            "where state = 0",
     .chart = Chart::table},
};

}  // namespace

std::span<const SavedQuery> shipped_queries() {
  static const std::vector<SavedQuery> queries = [] {
    std::vector<SavedQuery> made;
    for (const Shipped& each : shipped) {
      SavedQuery& query = made.emplace_back();
      query.name = each.name;
      query.sql = each.sql;
      query.chart = each.chart;
    }
    return made;
  }();
  return queries;
}

}  // namespace picsharz::queries
