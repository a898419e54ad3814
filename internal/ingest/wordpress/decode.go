package wordpress

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object whose members are read one by one and leniently, so
// that one odd field does not cost a comment.
type object map[string]json.RawMessage

// clean takes away what broken plugins put before an answer: a byte order mark
// and empty lines.
func clean(raw []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("\ufeff")))
}

// mostParts is how many members of an object, or entries of an array, are read,
// which is far more than WordPress gives: ten million of nothing fit into an
// answer, and take a hundred times its room.
const mostParts = 10000

// parts hands on what an object or array holds. It reports false if raw is none,
// or holds more than WordPress gives.
func parts(raw []byte, begin json.Delim, take func(name string, value json.RawMessage)) bool {
	raw = clean(raw)
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

// listOf reads an array. PHP writes one as an object by number when a plugin
// took an item out of it.
func listOf(raw []byte) (items []json.RawMessage, ok bool) {
	if parts(raw, '[', func(_ string, value json.RawMessage) { items = append(items, value) }) {
		return items, true
	}
	items = nil
	o := objectOf(raw)
	numbers := make([]int, 0, len(o))
	for name := range o {
		n, err := strconv.Atoi(name)
		if err != nil {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		items = append(items, o[strconv.Itoa(n)])
	}
	return items, len(items) > 0
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

// id reads WordPress' number of something; empty for 0, which is nothing.
func (o object) id(name string) string {
	if s := o.text(name); idPattern.MatchString(s) {
		return s
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

// time reads a time in UTC, which WordPress writes without saying so.
func (o object) time(name string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339, time.DateTime} {
		if t, err := time.Parse(layout, o.text(name)); err == nil && t.Year() > 1 {
			return t.UTC()
		}
	}
	return time.Time{}
}

func (o object) object(name string) object { return objectOf(o[name]) }

// html reads a text that comes as it was typed and as it is shown, or in one of
// the two ways only, as what a visitor reads.
func (o object) html(name string) reading {
	parts := o.object(name)
	switch raw := parts.text("raw"); {
	case parts.has("raw"):
		return read(raw, true)
	case parts != nil:
		return read(parts.text("rendered"), false)
	default:
		return read(o.text(name), false)
	}
}

// unspace is a text on one line.
func unspace(text string) string { return strings.Join(strings.Fields(text), " ") }
