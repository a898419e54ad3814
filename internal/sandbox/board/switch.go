package board

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Switch is one behaviour of a platform that a control can change. It stays
// changed until the reset.
type Switch struct {
	Name string
	// Usual is its value until it is changed.
	Usual string
	// check says what is wrong with a value.
	check func(value string) error
}

// Switched is a platform with switches.
type Switched interface {
	Switches() []Switch
}

// Choice is a switch with few values, the usual one first.
func Choice(name string, values ...string) Switch {
	return Switch{name, values[0], func(value string) error {
		if !slices.Contains(values, value) {
			return fmt.Errorf("%s %q is unknown; one of: %s", name, value, strings.Join(values, ", "))
		}
		return nil
	}}
}

// Span is a switch whose value is a duration, such as 30m.
func Span(name string, usual time.Duration) Switch {
	return Switch{name, usual.String(), func(value string) error {
		if d, err := time.ParseDuration(value); err != nil || d < 0 {
			return fmt.Errorf("%s %q is no duration such as 30s or 2h", name, value)
		}
		return nil
	}}
}

// Count is a switch whose value is a number of things.
func Count(name string, usual int) Switch {
	return Switch{name, strconv.Itoa(usual), func(value string) error {
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			return fmt.Errorf("%s %q is no whole number", name, value)
		}
		return nil
	}}
}

// Check says what is wrong with a value; nil: nothing.
func (s Switch) Check(value string) error { return s.check(value) }

// Switches gives the value of each of the platform's switches now.
func (b *Board) Switches(platform string, of Switched) map[string]string {
	out := map[string]string{}
	for _, s := range of.Switches() {
		out[s.Name] = s.Usual
		if set, ok := b.Settings[platform][s.Name]; ok {
			out[s.Name] = set
		}
	}
	return out
}

// Some is a switch whose value is some of the words, with commas between them;
// none of them unless said.
func Some(name string, words ...string) Switch {
	return Switch{name, "", func(value string) error {
		for word := range strings.SplitSeq(value, ",") {
			if word != "" && !slices.Contains(words, word) {
				return fmt.Errorf("%s %q is unknown; some of: %s", name, word, strings.Join(words, ","))
			}
		}
		return nil
	}}
}

// Moment is a switch whose value is a time as RFC 3339 writes it, or else usual,
// a word such as never.
func Moment(name, usual string) Switch {
	return Switch{name, usual, func(value string) error {
		if _, err := time.Parse(time.RFC3339, value); err != nil && value != usual {
			return fmt.Errorf("%s %q is neither %q nor a time such as 2026-12-24T08:00:00Z", name, value, usual)
		}
		return nil
	}}
}
