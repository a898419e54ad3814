package graph

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Object is a JSON object whose members are read one by one and leniently, so
// that one odd field does not cost a comment. A nil one has no members.
type Object map[string]json.RawMessage

// ObjectOf reads an object; nil if it is none.
func ObjectOf(raw []byte) Object {
	var o Object
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

// Has reports whether the member is there and not null.
func (o Object) Has(name string) bool {
	v := bytes.TrimSpace(o[name])
	return len(v) > 0 && !bytes.Equal(v, []byte("null"))
}

// Text reads a string; of a number it gives the digits.
func (o Object) Text(name string) string {
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

// Flag reads a truth value, also from a string or a number.
func (o Object) Flag(name string) bool {
	var yes bool
	if json.Unmarshal(o[name], &yes) == nil {
		return yes
	}
	yes, _ = strconv.ParseBool(o.Text(name))
	return yes
}

// Number reads a whole number, also from a string.
func (o Object) Number(name string) int {
	f, err := strconv.ParseFloat(strings.TrimSpace(o.Text(name)), 64)
	if err != nil || f != f || f > 1<<31 || f < -1<<31 {
		return 0
	}
	return int(f)
}

// Time reads Meta's way of writing a time, the usual one, and unix seconds. 0
// seconds, as which Meta writes "never", give the zero time.
func (o Object) Time(name string) time.Time {
	s := o.Text(name)
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

// Object reads a member that is an object; nil if it is none.
func (o Object) Object(name string) Object { return ObjectOf(o[name]) }

// List reads an array; ok is false if the member is none.
func (o Object) List(name string) (items []json.RawMessage, ok bool) {
	if !o.Has(name) {
		return nil, false
	}
	return items, json.Unmarshal(o[name], &items) == nil
}

// texts reads an array of strings or numbers.
func (o Object) texts(name string) []string {
	items, _ := o.List(name)
	out := make([]string, 0, len(items))
	for _, raw := range items {
		out = append(out, Object{name: raw}.Text(name))
	}
	return out
}

const titleLength = 80 // characters

// Title is the beginning of a post's text, on one line.
func Title(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > titleLength {
		return string(runes[:titleLength-1]) + "…"
	}
	return string(runes)
}
