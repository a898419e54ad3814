package x

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

// call is one request to the API.
type call struct {
	*X
	r      *http.Request
	path   []string
	id     string // what the path names
	query  url.Values
	names  names
	who    caller
	header map[string]string
	status int
}

// Answer implements board.Platform.
func (x *X) Answer(r *http.Request) board.Reply {
	switch r.URL.Path {
	case tokenPath:
		return x.giveTokens(r)
	case consentPath:
		return x.ask(r)
	}
	c := &call{X: x, r: r, query: r.URL.Query(), names: tweetNames, status: http.StatusOK,
		header: map[string]string{"x-transaction-id": board.Trace(), "cache-control": "no-cache, no-store, max-age=0"}}
	out, err := c.run()
	if err != nil {
		body, kind := err.body(c.names, x.on("errors"))
		c.header["Content-Type"] = kind
		return board.Reply{Status: err.status, Header: c.header, Body: body}
	}
	c.header["Content-Type"] = "application/json; charset=utf-8"
	return board.Reply{Status: c.status, Header: c.header, Body: encode(out)}
}

// run checks what every request is checked for, in X's order, then does it.
func (c *call) run() (any, *problem) {
	rt, err := c.route()
	c.spell()
	if err == nil {
		err = c.authenticate()
	}
	for _, check := range []func(route) *problem{c.closed, c.mayCall, c.limited, c.paid, c.parameters} {
		if err == nil {
			err = check(rt)
		}
	}
	if err != nil {
		return nil, err
	}
	return rt.do(c)
}

// route is one endpoint.
type route struct {
	method, path string // {} stands for an id
	needs        string // a scope besides those for reading, or user; empty: an app may read it too
	user, app    int    // calls in 15 minutes
	daily        string // switch that says how many a day
	params       string
	do           func(*call) (any, *problem)
}

// scope reports whether it needs one more than reading does.
func (rt route) scope() bool { return rt.needs != "" && rt.needs != "user" }

func (rt route) writes() bool { return strings.HasSuffix(rt.needs, ".write") }

// private: it is about direct messages.
func (rt route) private() bool { return strings.HasPrefix(rt.needs, "dm.") }

const (
	ranges    = " max_results pagination_token start_time end_time since_id until_id"
	expanded  = " expansions user.fields media.fields poll.fields place.fields"
	userParam = " user.fields expansions"
	dmParam   = " max_results pagination_token event_types dm_event.fields expansions user.fields media.fields"
)

// routes are the endpoints that are played. The limits of users/{id},
// users/{id}/tweets and quote_tweets are guessed.
var routes []route

func init() {
	routes = []route{
		{"GET", "2/users/{}/mentions", "", 300, 450, "", ranges + expanded, (*call).mentioned},
		{"GET", "2/users/{}/tweets", "", 900, 1500, "", ranges + expanded + " exclude", (*call).written},
		{"GET", "2/users/me", "user", 75, 0, "", userParam, (*call).me},
		{"GET", "2/users/{}", "", 900, 300, "", userParam, (*call).user},
		{"GET", "2/tweets/search/recent", "", 300, 450, "", ranges + expanded + " query next_token sort_order", (*call).search},
		{"GET", "2/tweets", "", 5000, 3500, "", expanded + " ids", (*call).several},
		{"GET", "2/tweets/{}", "", 5000, 3500, "", expanded, (*call).one},
		{"POST", "2/tweets", "tweet.write", 100, 0, "daily-posts", "", (*call).create},
		{"DELETE", "2/tweets/{}", "tweet.write", 50, 0, "", "", (*call).remove},
		{"PUT", "2/tweets/{}/hidden", "tweet.moderate.write", 50, 0, "", "", (*call).hide},
		{"POST", "2/dm_conversations/with/{}/messages", "dm.write", 15, 0, "daily-dms", "", (*call).tell},
		{"GET", "2/dm_conversations/with/{}/dm_events", "dm.read", 300, 0, "", dmParam, (*call).conversation},
		{"GET", "2/dm_events", "dm.read", 300, 0, "", dmParam, (*call).conversations},

		{"GET", "1.1/account/verify_credentials.json", "user", 75, 0, "", "", (*call).oldMe},
		{"GET", "1.1/statuses/mentions_timeline.json", "user", 75, 0, "", "", (*call).oldMentions},
		{"GET", "1.1/statuses/user_timeline.json", "", 900, 1500, "", "", (*call).oldTimeline},
		{"GET", "1.1/statuses/show.json", "", 900, 900, "", "", (*call).oldShow},
		{"GET", "1.1/statuses/lookup.json", "", 900, 300, "", "", (*call).oldLookup},
		{"POST", "1.1/statuses/update.json", "tweet.write", 300, 0, "", "", (*call).oldUpdate},
		{"POST", "1.1/statuses/destroy/{}", "tweet.write", 300, 0, "", "", (*call).oldDestroy},
	}
}

func (c *call) route() (route, *problem) {
	c.path = strings.Split(strings.Trim(c.r.URL.Path, "/"), "/")
	known := false
	for _, rt := range routes {
		id, ok := match(rt.path, c.path)
		if !ok {
			continue
		}
		if known = true; rt.method == c.r.Method {
			c.id = id
			return rt, nil
		}
	}
	if c.old() {
		// Whatever is asked for below /1.1/ is refused in the same way.
		return route{}, c.closed(route{}).or(old(http.StatusNotFound, 34, "Sorry, that page does not exist."))
	}
	if known {
		return route{}, &problem{status: http.StatusMethodNotAllowed, title: "Method Not Allowed", detail: "Method Not Allowed"}
	}
	return route{}, &problem{status: http.StatusNotFound, title: "Not Found", detail: "Not Found"}
}

// or gives another problem where there is none.
func (p *problem) or(other *problem) *problem {
	if p == nil {
		return other
	}
	return p
}

func match(pattern string, path []string) (id string, ok bool) {
	parts := strings.Split(pattern, "/")
	if len(parts) != len(path) {
		return "", false
	}
	for i, part := range parts {
		if part == "{}" {
			id = path[i]
		} else if part != path[i] {
			return "", false
		}
	}
	return id, true
}

// old reports whether version 1.1 is asked.
func (c *call) old() bool { return c.path[0] == "1.1" }

// closed: version 1.1 is, for all but a few accounts.
func (c *call) closed(route) *problem {
	if !c.old() || c.on("v1.1") == "on" {
		return nil
	}
	return old(http.StatusForbidden, 453, "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth) only."+
		" If you need access to this endpoint, you may need a different access level. You can learn more here: https://developer.x.com/en/portal/product")
}

// paid: without credits nothing is read or written.
func (c *call) paid(route) *problem {
	if c.on("credits") == "enough" {
		return nil
	}
	return &problem{status: http.StatusPaymentRequired, kind: "credits", title: "CreditsDepleted",
		detail: "Your enrolled account [" + c.opt.UserID + "] does not have any credits to fulfill this request."}
}

const quarter = 15 * time.Minute

// window counts the calls of one caller to one endpoint.
type window struct {
	ends time.Time
	used int
}

// take counts a call and tells how many are left; below zero: it is one too many.
func (x *X) take(key string, limit int, span time.Duration) (left int, ends time.Time) {
	w := x.windows[key]
	if now := x.now(); w == nil || !now.Before(w.ends) {
		w = &window{ends: now.Add(span)}
		x.windows[key] = w
	}
	if w.used <= limit {
		w.used++
	}
	return limit - w.used, w.ends
}

// limited counts the call, tells in the header how many are left, and refuses the
// one too many.
func (c *call) limited(rt route) *problem {
	if c.on("limits") == "off" {
		return nil
	}
	limit := rt.user
	if c.who.id == "" {
		limit = rt.app
	}
	key := rt.method + " " + rt.path + " " + c.who.id
	if rt.needs == "dm.read" {
		key = rt.needs + " " + c.who.id // all that reads messages has one limit together
	}
	left, ends := c.take(key, limit, quarter)
	c.tellLimit("x-rate-limit-", limit, left, ends)
	over := left < 0
	if rt.daily != "" && !over {
		header := map[string]string{"daily-posts": "x-app-limit-24hour-", "daily-dms": "x-user-limit-24hour-"}[rt.daily]
		limit := c.count(rt.daily)
		left, ends := c.take(key+" day", limit, 24*time.Hour)
		c.tellLimit(header, limit, left, ends)
		over = left < 0
	}
	switch {
	case !over:
		return nil
	case c.old() || c.on("429") == "v1":
		return old(http.StatusTooManyRequests, 88, "Rate limit exceeded")
	}
	return &problem{status: http.StatusTooManyRequests, title: "Too Many Requests", detail: "Too Many Requests"}
}

func (c *call) tellLimit(prefix string, limit, left int, ends time.Time) {
	c.header[prefix+"limit"] = strconv.Itoa(limit)
	c.header[prefix+"remaining"] = strconv.Itoa(max(0, left))
	c.header[prefix+"reset"] = strconv.FormatInt(ends.Unix(), 10)
}
