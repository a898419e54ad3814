package x

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object whose members are read one by one and leniently, so
// that one odd field does not cost a post.
type object map[string]json.RawMessage

// mostParts is how many members of an object, or entries of an array, are read,
// which is far more than X gives: ten million of nothing fit into an answer, and
// take a hundred times its room.
const mostParts = 10000

// parts hands on what an object or array holds. It reports false if raw is none,
// or holds more than X gives.
func parts(raw []byte, begin json.Delim, take func(name string, value json.RawMessage)) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	if first, _ := d.Token(); first != begin || !json.Valid(raw) {
		return false
	}
	for n := 0; d.More(); n++ {
		name := ""
		if begin == '{' {
			key, _ := d.Token()
			name, _ = key.(string)
		}
		var value json.RawMessage
		if n == mostParts || d.Decode(&value) != nil {
			return false
		}
		take(name, value)
	}
	return true
}

// objectOf reads an object; nil if it is none.
func objectOf(raw []byte) object {
	o := object{}
	if !parts(raw, '{', func(name string, value json.RawMessage) { o[name] = value }) {
		return nil
	}
	return o
}

// arrayOf reads an array; nil if it is none.
func arrayOf(raw []byte) []json.RawMessage {
	all := []json.RawMessage{}
	if !parts(raw, '[', func(_ string, value json.RawMessage) { all = append(all, value) }) {
		return nil
	}
	return all
}

// objects reads an array of objects and leaves out what is none; ok is false if
// it is no array.
func objects(raw []byte) (out []object, ok bool) {
	all := arrayOf(raw)
	if all == nil {
		return nil, false
	}
	for _, one := range all {
		if o := objectOf(one); o != nil {
			out = append(out, o)
		}
	}
	return out, true
}

// entries reads a list of posts: the objects with an id, and how many others
// there are. ok is false if it is no list, or one of nothing but others.
func entries(raw []byte) (out []object, odd int, ok bool) {
	all := arrayOf(raw)
	for _, one := range all {
		if o := objectOf(one); o.id("id_str", "id") != "" {
			out = append(out, o)
		} else {
			odd++
		}
	}
	return out, odd, all != nil && (len(out) > 0 || odd == 0)
}

func (o object) has(name string) bool {
	v := bytes.TrimSpace(o[name])
	return len(v) > 0 && !bytes.Equal(v, []byte("null"))
}

// text reads the first of the members that is a string; of a number it gives
// the digits. X has two names for many a member.
func (o object) text(names ...string) string {
	for _, name := range names {
		var s string
		if json.Unmarshal(o[name], &s) == nil && s != "" {
			return s
		}
		var n json.Number
		if json.Unmarshal(o[name], &n) == nil && n != "" {
			return n.String()
		}
	}
	return ""
}

// id reads the first of the members that is an id as X makes them.
func (o object) id(names ...string) string {
	if s := o.text(names...); idPattern.MatchString(s) {
		return s
	}
	return ""
}

// ids reads the ids in the first of the members that is an array with some.
func (o object) ids(names ...string) (out []string) {
	for _, name := range names {
		for _, raw := range arrayOf(o[name]) {
			if s := (object{"id": raw}).id("id"); s != "" {
				out = append(out, s)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
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

// number reads a whole number, also from a string; 0 if it is none.
func (o object) number(name string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(o.text(name)))
	return n
}

// pair reads an array of two whole numbers.
func (o object) pair(name string) (from, to int, ok bool) {
	var both []int
	if json.Unmarshal(o[name], &both) != nil || len(both) != 2 {
		return 0, 0, false
	}
	return both[0], both[1], true
}

// time reads a time as version 2 writes it, or version 1.1.
func (o object) time(name string) time.Time {
	s := o.text(name)
	for _, layout := range []string{time.RFC3339, time.RubyDate} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// object reads the first of the members that is an object.
func (o object) object(names ...string) object {
	for _, name := range names {
		if in := objectOf(o[name]); in != nil {
			return in
		}
	}
	return nil
}

// list reads the objects of the first of the members that is an array.
func (o object) list(names ...string) []object {
	for _, name := range names {
		if all, ok := objects(o[name]); ok {
			return all
		}
	}
	return nil
}

// X's ids hold the time at which they were made: milliseconds since the epoch of
// its own, above 22 bits.
const (
	epoch  = 1288834974657
	idBits = 22
)

// idAt is an id such as X made at t; empty before X made any.
func idAt(t time.Time) string {
	ms := t.UnixMilli() - epoch
	if ms <= 0 {
		return ""
	}
	return strconv.FormatInt(ms<<idBits, 10)
}

// madeAt is the time at which X made an id; zero if it is none.
func madeAt(id string) time.Time {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n>>idBits == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n>>idBits + epoch).UTC()
}

// byAge sorts ids from the oldest to the newest, each once.
func byAge(ids []string) []string {
	slices.SortFunc(ids, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(ids)
}
