package facebook

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object whose members are read one by one and leniently, so
// that one odd field does not cost a comment.
type object map[string]json.RawMessage

// objectOf reads an object; nil if it is none.
func objectOf(raw []byte) object {
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

func (o object) has(name string) bool {
	v := bytes.TrimSpace(o[name])
	return len(v) > 0 && !bytes.Equal(v, []byte("null"))
}

// text reads a string; of a number it gives the digits.
func (o object) text(name string) string {
	var s string
	if json.Unmarshal(o[name], &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(o[name], &n) == nil {
		return n.String()
	}
	return ""
}

// flag reads a truth value, also from a string or a number.
func (o object) flag(name string) bool {
	var yes bool
	if json.Unmarshal(o[name], &yes) == nil {
		return yes
	}
	yes, _ = strconv.ParseBool(o.text(name))
	return yes
}

// number reads a whole number, also from a string.
func (o object) number(name string) int {
	f, err := strconv.ParseFloat(strings.TrimSpace(o.text(name)), 64)
	if err != nil || f != f || f > 1<<31 || f < -1<<31 {
		return 0
	}
	return int(f)
}

// time reads Meta's way of writing a time, the usual one, and unix seconds.
func (o object) time(name string) time.Time {
	s := o.text(name)
	for _, layout := range []string{"2006-01-02T15:04:05Z0700", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil && seconds > 0 && seconds < 1<<35 {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Time{}
}

func (o object) object(name string) object { return objectOf(o[name]) }

// list reads an array; ok is false if the member is none.
func (o object) list(name string) (items []json.RawMessage, ok bool) {
	if !o.has(name) {
		return nil, false
	}
	return items, json.Unmarshal(o[name], &items) == nil
}

// page is one page of a list.
type page struct {
	data []json.RawMessage
	// more holds the parameters that ask for the next page; nil at the end.
	more params
}

// pageOf reads a page; ok is false if it is none. Only paging.next says that
// there is more: a short or empty page does not, and a cursor is there on the
// last one too. Its address is not followed, for it holds the token and may
// point anywhere.
func pageOf(o object) (p page, ok bool) {
	p.data, ok = o.list("data")
	paging := o.object("paging")
	next := paging.text("next")
	if next == "" {
		return p, ok
	}
	p.more = params{}
	if after := paging.object("cursors").text("after"); after != "" {
		p.more["after"] = after
		return p, ok
	}
	u, err := url.Parse(next)
	if err != nil {
		return p, false
	}
	for _, name := range []string{"after", "until", "__paging_token", "offset"} {
		if v := u.Query().Get(name); v != "" {
			p.more[name] = v
		}
	}
	return p, ok && len(p.more) > 0
}

// same reports whether two pages would be the same one.
func (p params) same(q params) bool {
	if len(p) != len(q) {
		return false
	}
	for k, v := range p {
		if q[k] != v {
			return false
		}
	}
	return true
}
