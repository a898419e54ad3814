package graph

import (
	"triage/internal/sandbox/board"

	"encoding/base64"
	"net/url"
	"strconv"
	"time"
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

// limit is how many slots a page has: 25 unless said, 100 at most.
func (a args) limit() int {
	n, err := strconv.Atoi(a["limit"])
	switch {
	case err != nil || n <= 0:
		return 25
	case n > 100:
		return 100
	default:
		return n
	}
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

// window is one page of a list.
type window struct {
	slots      []*board.Item // also those whose item is gone: a page may be short or empty
	next, prev bool
}

// cut gives the page that a asks for.
func (g *Graph) cut(slots []*board.Item, a args) (window, *graphError) {
	from, to := 0, len(slots)
	switch {
	case a["after"] != "":
		at := g.find(slots, a["after"])
		if at < 0 {
			return window{}, failed(100, 0, "(#100) Invalid cursors values")
		}
		from = at + 1
		to = min(to, from+a.limit())
	case a["before"] != "":
		at := g.find(slots, a["before"])
		if at < 0 {
			return window{}, failed(100, 0, "(#100) Invalid cursors values")
		}
		to = at
		from = max(0, to-a.limit())
	default:
		to = min(to, a.limit())
	}
	return window{slots: slots[from:to], next: to < len(slots), prev: from > 0}, nil
}

// paging describes a page: cursors even on the last one, and absolute
// addresses that carry the token.
func (c *call) paging(w window, path string, a args) map[string]any {
	if len(w.slots) == 0 {
		return nil
	}
	first, last := c.cursor(w.slots[0]), c.cursor(w.slots[len(w.slots)-1])
	out := map[string]any{"cursors": map[string]string{"before": first, "after": last}}
	link := func(name, cursor string) string {
		q := url.Values{"access_token": {c.token}}
		for k, v := range a {
			switch k {
			case "after", "before", "access_token", "appsecret_proof", "method", "ids":
			default:
				q.Set(k, v)
			}
		}
		q.Set(name, cursor)
		return c.base + "/" + path + "?" + q.Encode()
	}
	if w.next {
		out["next"] = link("after", last)
	}
	if w.prev {
		out["previous"] = link("before", first)
	}
	return out
}

// edge renders one page of a list as the Graph API does.
func (c *call) edge(slots []*board.Item, path string, a args, fields []field) (map[string]any, *graphError) {
	w, err := c.cut(slots, a)
	if err != nil {
		return nil, err
	}
	data := []any{}
	for _, it := range w.slots {
		if c.board.Gone(it) {
			continue
		}
		one, err := c.render(it, fields)
		if err != nil {
			return nil, err
		}
		data = append(data, one)
	}
	out := map[string]any{"data": data}
	if p := c.paging(w, path, a); p != nil {
		out["paging"] = p
	}
	return out, nil
}
