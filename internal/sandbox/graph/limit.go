package graph

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// bucHeader tells how much of the limit of a Page or an account is used.
const bucHeader = "X-Business-Use-Case-Usage"

// limits are what is said when one is reached, and the header that tells before.
var limits = map[string]struct {
	code, subcode int
	header, says  string
}{
	"80001": {80001, 2446079, bucHeader, "There have been too many calls to this Page account. Wait a bit and try again."},
	"80002": {80002, 2446079, bucHeader, "There have been too many calls to this Instagram account. Wait a bit and try again."},
	"32":    {32, 0, "X-Page-Usage", "Page request limit reached"},
	"4":     {4, 0, "X-App-Usage", "Application request limit reached"},
	"17":    {17, 0, "X-App-Usage", "User request limit reached"},
	"341":   {341, 0, "X-App-Usage", "Application limit reached"},
	"613":   {613, 1996, "X-App-Usage", "Calls to this api have exceeded the rate limit."},
}

// record counts a call, also one that is refused.
func (c *call) record() {
	if c.count("calls-a-day") == 0 {
		return
	}
	now, made := c.opt.now(), c.calls[c.platform]
	for len(made) > 0 && !made[0].After(now.Add(-day)) {
		made = made[1:]
	}
	c.calls[c.platform] = append(made, now)
}

// used is the percentage of the day's calls that are used up.
func (c *call) used() int {
	if set := c.count("used"); set > 0 {
		return set
	}
	limit := c.count("calls-a-day")
	if limit == 0 {
		return 0
	}
	return min(100, max(0, len(c.calls[c.platform])-1)*100/limit)
}

// regain is in how many minutes calls are answered again.
func (c *call) regain() int {
	made, limit := c.calls[c.platform], c.count("calls-a-day")
	switch {
	case c.used() < 100:
		return 0
	case c.count("used") > 0 || len(made) < limit:
		return c.count("regain")
	}
	left := made[len(made)-limit].Add(day).Sub(c.opt.now())
	return int((left + time.Minute - 1) / time.Minute)
}

// limit is the one that holds: a person's and an app's calls are counted apart.
func (c *call) limit() string {
	switch c.kind {
	case userToken:
		return "17"
	case appToken:
		return "4"
	}
	return c.on("limit")
}

// usage is the header that tells how near the limit is, and its value.
func (c *call) usage() (header, value string) {
	header = limits[c.limit()].header
	if header != bucHeader {
		return header, fmt.Sprintf(`{"call_count":%d,"total_cputime":1,"total_time":1}`, c.used())
	}
	id, kind := c.opt.PageID, "pages"
	if c.platform == instagram {
		id, kind = c.opt.InstagramID, "instagram"
	}
	return header, fmt.Sprintf(`{"%s":[{"type":"%s","call_count":%d,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":%d}]}`,
		id, kind, c.used(), c.regain())
}

// tooMany refuses a call beyond the limit.
func (c *call) tooMany() *graphError {
	if c.used() < 100 {
		return nil
	}
	l := limits[c.limit()]
	return failed(l.code, l.subcode, "(#%d) %s", l.code, l.says)
}
