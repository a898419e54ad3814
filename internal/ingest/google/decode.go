package google

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"triage/internal/ingest"
)

// object is a JSON object whose members are read one by one and leniently, so
// that one odd field does not cost a review.
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

// flag reads a truth value, also from a string.
func (o object) flag(name string) bool {
	var yes bool
	if json.Unmarshal(o[name], &yes) == nil {
		return yes
	}
	yes, _ = strconv.ParseBool(o.text(name))
	return yes
}

// time reads a time as Google writes it: RFC 3339 with 0, 3, 6 or 9 decimals.
func (o object) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, o.text(name))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func (o object) object(name string) object { return objectOf(o[name]) }

// list reads an array of objects; ok is false if the member is there and is none.
func (o object) list(name string) (items []object, ok bool) {
	if !o.has(name) {
		return nil, true
	}
	var raw []json.RawMessage
	if json.Unmarshal(o[name], &raw) != nil {
		return nil, false
	}
	for _, r := range raw {
		items = append(items, objectOf(r))
	}
	return items, true
}

// Google puts a translation beside the words that were written, in this order or
// the other one, each part behind its mark at the beginning of a line.
const (
	translatedMark = "(Translated by Google)"
	originalMark   = "(Original)"
)

// original is what was written, without Google's translation of it.
func original(text string) string {
	translated, own := lineWith(text, translatedMark), lineWith(text, originalMark)
	found := ""
	switch {
	case translated < 0:
		return text
	case own > translated:
		found = text[own+len(originalMark):]
	case own >= 0:
		found = text[own+len(originalMark) : translated]
	default:
		found = text[:translated]
	}
	if found = strings.TrimSpace(found); found == "" {
		return text
	}
	return found
}

// lineWith is where the first line begins that starts with mark; -1: none does.
func lineWith(text, mark string) int {
	if strings.HasPrefix(text, mark) {
		return 0
	}
	if i := strings.Index(text, "\n"+mark); i >= 0 {
		return i + 1
	}
	return -1
}

// standing is how Google's review of a reply stands. Answers before April 2026
// had no state, and an unknown one hides nothing.
func standing(state string) ingest.Standing {
	switch state {
	case "PENDING":
		return ingest.Pending
	case "REJECTED":
		return ingest.Rejected
	default:
		return ingest.Shown
	}
}

// stars words a rating for the title of a case; empty: Google does not say.
func stars(rating string) string {
	n := map[string]string{"ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "FIVE": "5"}[rating]
	if n == "" {
		return "Review"
	}
	return "Review with " + n + " of 5 stars"
}
