package graph

import (
	"encoding/base64"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

// args are the parameters of an edge, from the request or a field expansion.
type args map[string]string

func argsOf(form url.Values) args {
	a := args{}
	for k := range form {
		a[k] = form.Get(k)
	}
	return a
}

// limit is how many slots a page has: 25 unless said.
func (a args) limit(most int) int {
	n, err := strconv.Atoi(a["limit"])
	if err != nil || n <= 0 {
		n = 25
	}
	return min(n, most)
}

// time reads a bound such as since: unix seconds or a date.
func (a args) time(name string) time.Time {
	if seconds, err := strconv.ParseInt(a[name], 10, 64); err == nil {
		return time.Unix(seconds, 0)
	}
	for _, layout := range []string{time.RFC3339, graphTime, time.DateOnly} {
		if t, err := time.Parse(layout, a[name]); err == nil {
			return t
		}
	}
	return time.Time{}
}

// within reports whether t lies between since and until, where given.
func (a args) within(t time.Time) bool {
	since, until := a.time("since"), a.time("until")
	return (since.IsZero() || !t.Before(since)) && (until.IsZero() || !t.After(until))
}

// A cursor points at a slot. One that was made while the item stood dies with
// it; one that was made on an empty slot lives on.

func (g *Graph) cursor(it *board.Item) string {
	mark := "i"
	if g.board.Gone(it) {
		mark = "d"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(mark + it.ID))
}

// find gives the slot a cursor points at, or -1.
func (g *Graph) find(slots []*board.Item, cursor string) int {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return -1
	}
	for i, it := range slots {
		switch string(raw) {
		case "d" + it.ID:
			return i
		case "i" + it.ID:
			if g.board.Gone(it) {
				return -1
			}
			return i
		}
	}
	return -1
}

// list is an edge before it is cut into pages.
type list struct {
	slots []*board.Item // also those whose item is gone: a page may be short or empty
	path  string        // below the version
	args  args
	most  int  // slots on a page
	bare  bool // the last page says nothing about paging
	show  func(*board.Item) (map[string]any, *graphError)
}

// window is one page of a list.
type window struct {
	slots      []*board.Item
	next, prev bool
}

// cut gives the page that is asked for.
func (c *call) cut(l list) (window, *graphError) {
	from, to, limit := 0, len(l.slots), l.args.limit(l.most)
	if c.on("pages") == "short" {
		limit = (limit + 1) / 2
	}
	cursor := l.args["after"] + l.args["before"]
	at := -1
	if cursor != "" {
		if at = c.find(l.slots, cursor); at < 0 {
			return window{}, failed(100, 0, "(#100) Invalid cursors values")
		}
	}
	if l.args["before"] != "" {
		to = at
		from = max(0, to-limit)
	} else {
		from = at + 1
		to = min(to, from+limit)
	}
	return window{slots: l.slots[from:to], next: to < len(l.slots), prev: from > 0}, nil
}

// paging describes a page: cursors even on the last one, and absolute addresses
// that carry the token.
func (c *call) paging(w window, l list) map[string]any {
	if len(w.slots) == 0 || l.bare && !w.next {
		return nil
	}
	first, last := c.cursor(w.slots[0]), c.cursor(w.slots[len(w.slots)-1])
	out := map[string]any{"cursors": map[string]string{"before": first, "after": last}}
	if w.next {
		out["next"] = c.link(l, "after", last)
	}
	if w.prev {
		out["previous"] = c.link(l, "before", first)
	}
	return out
}

// link is the address of another page.
func (c *call) link(l list, name, cursor string) string {
	q := url.Values{"access_token": {c.token}}
	for k, v := range l.args {
		switch k {
		case "after", "before", "access_token", "appsecret_proof", "method", "ids":
		default:
			q.Set(k, v)
		}
	}
	q.Set(name, cursor)
	return c.host + "/" + c.version + "/" + l.path + "?" + q.Encode()
}

// edge renders one page of a list as the Graph API does.
func (c *call) edge(l list) (map[string]any, *graphError) {
	if out := c.gap(&l); out != nil {
		return out, nil
	}
	w, err := c.cut(l)
	if err != nil {
		return nil, err
	}
	data := []any{}
	for _, it := range w.slots {
		if c.board.Gone(it) {
			continue
		}
		one, err := l.show(it)
		if err != nil {
			return nil, err
		}
		data = append(data, one)
	}
	out := map[string]any{"data": data}
	if p := c.paging(w, l); p != nil {
		out["paging"] = p
	}
	return out, nil
}

// beforeGap marks the cursor of a page before which an empty one was.
const beforeGap = "gap-"

// gap gives an empty page, which has a next one, before each page that is not
// empty, where that is switched on.
func (c *call) gap(l *list) map[string]any {
	after, was := strings.CutPrefix(l.args["after"], beforeGap)
	if was {
		l.args = maps.Clone(l.args)
		l.args["after"] = after
	}
	if was || c.on("pages") != "gaps" || len(l.slots) == 0 || l.args["before"] != "" {
		return nil
	}
	cursor := beforeGap + after
	return map[string]any{"data": []any{}, "paging": map[string]any{
		"cursors": map[string]string{"before": cursor, "after": cursor}, "next": c.link(*l, "after", cursor)}}
}
