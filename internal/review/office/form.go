package office

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"triage/internal/review/say"
)

// form is how a setting is asked for, and told in words.
type form interface {
	// typed is what the fields hold when a value is set.
	typed(value string) url.Values
	// text is the value that the fields mean. problem is a sentence of the source
	// about what cannot be read; the rest is for the setting's own check to refuse.
	text(typed url.Values) (value, problem string)
	// tell says a value in words.
	tell(w *say.Words, value string) string
	// fields are what there is to fill in.
	fields(w *say.Words, typed url.Values) []field
}

// field is a part of a form: radio, tick, number, select, time, lines, line, or a row
// of others.
type field struct {
	Kind, Name, Label, Hint, Value string
	Options                        []option
	Row                            []field
}

// option is one of several; all of its words are the reader's.
type option struct {
	Value, Label, Hint string
	On                 bool
}

// choice is one of a few values. Labels and hints are sentences of the source.
type choice []option

func (choice) typed(value string) url.Values { return url.Values{"value": {value}} }

func (c choice) text(typed url.Values) (string, string) {
	value := typed.Get("value")
	for _, o := range c {
		if o.Value == value {
			return value, ""
		}
	}
	return "", "Choose one of them."
}

func (c choice) tell(w *say.Words, value string) string {
	for _, o := range c {
		if o.Value == value {
			return w.Say(o.Label)
		}
	}
	return value
}

func (c choice) fields(w *say.Words, typed url.Values) []field {
	out := field{Kind: "radio", Name: "value"}
	for _, o := range c {
		one := option{Value: o.Value, Label: w.Say(o.Label), On: typed.Get("value") == o.Value}
		if o.Hint != "" {
			one.Hint = w.Say(o.Hint)
		}
		out.Options = append(out.Options, one)
	}
	return []field{out}
}

// span is how long something is, in whole units.
type span struct {
	// units are those that make sense here, out of s, m, h and d.
	units string
	// none says what no time at all means; empty: that is nothing special.
	none string
}

// Units of time: the letter, how long it is, and its words.
var (
	unitLong  = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	unitCount = map[string]string{"s": "%d second", "m": "%d minute", "h": "%d hour", "d": "%d day"}
	unitName  = map[string]string{"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
)

// long is how long a stored value is; ok is false for one that is no duration.
func long(value string) (d time.Duration, ok bool) {
	if days, is := strings.CutSuffix(value, "d"); is {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * unitLong["d"], err == nil
	}
	d, err := time.ParseDuration(value)
	return d, err == nil
}

// parts are the number and the largest unit that make up a value; ok is false for one
// that is not so many of any.
func (s span) parts(value string) (n int, unit string, ok bool) {
	d, ok := long(value)
	for i := len(s.units) - 1; i >= 0 && ok; i-- {
		unit := s.units[i : i+1]
		if one := unitLong[unit]; d%one == 0 && (d > 0 || i == 0) {
			return int(d / one), unit, true
		}
	}
	return 0, "", false
}

func (s span) typed(value string) url.Values {
	n, unit, ok := s.parts(value)
	if !ok {
		return url.Values{"value": {value}, "unit": {s.units[:1]}}
	}
	return url.Values{"value": {strconv.Itoa(n)}, "unit": {unit}}
}

var whole = regexp.MustCompile(`^[0-9]{1,6}$`)

func (s span) text(typed url.Values) (string, string) {
	n, unit := strings.TrimSpace(typed.Get("value")), typed.Get("unit")
	if !whole.MatchString(n) {
		return "", "Write a whole number, such as 2."
	}
	if unit == "" || !strings.Contains(s.units, unit) {
		return "", "Choose what the number counts."
	}
	count, _ := strconv.Atoi(n) // six digits
	return strconv.Itoa(count) + unit, ""
}

func (s span) tell(w *say.Words, value string) string {
	n, unit, ok := s.parts(value)
	switch {
	case !ok:
		return value
	case n == 0 && s.none != "":
		return w.Say(s.none)
	}
	return w.Count(n, unitCount[unit])
}

func (s span) fields(w *say.Words, typed url.Values) []field {
	units := field{Kind: "select", Name: "unit", Label: w.Say("Unit")}
	for i := range s.units {
		unit := s.units[i : i+1]
		units.Options = append(units.Options, option{Value: unit, Label: w.Say(unitName[unit]), On: typed.Get("unit") == unit})
	}
	return []field{{Kind: "row", Row: []field{{Kind: "number", Name: "value", Label: w.Say("Number"), Value: typed.Get("value")}, units}}}
}

// number is how many there are of something.
type number struct {
	// of is what is counted, as for Count.
	of string
	// none says what 0 means; empty: nothing special.
	none string
}

func (number) typed(value string) url.Values { return url.Values{"value": {value}} }

func (number) text(typed url.Values) (string, string) {
	n := strings.TrimSpace(typed.Get("value"))
	if !whole.MatchString(n) {
		return "", "Write a whole number, such as 2."
	}
	count, _ := strconv.Atoi(n) // six digits
	return strconv.Itoa(count), ""
}

func (f number) tell(w *say.Words, value string) string {
	n, err := strconv.Atoi(value)
	switch {
	case err != nil:
		return value
	case n == 0 && f.none != "":
		return w.Say(f.none)
	}
	return w.Count(n, f.of)
}

func (f number) fields(w *say.Words, typed url.Values) []field {
	out := field{Kind: "number", Name: "value", Label: w.Say("Number"), Value: typed.Get("value")}
	if f.none != "" {
		out.Hint = w.Say("0 means: %s.", say.Lower(w.Say(f.none)))
	}
	return []field{out}
}

// plain is a value as it is stored, for a setting that these pages do not know.
type plain struct{}

func (plain) typed(value string) url.Values { return url.Values{"value": {value}} }
func (plain) text(typed url.Values) (string, string) {
	return strings.TrimSpace(typed.Get("value")), ""
}
func (plain) tell(w *say.Words, value string) string {
	if value == "" {
		return w.Say("Nothing")
	}
	return value
}
func (plain) fields(w *say.Words, typed url.Values) []field {
	return []field{{Kind: "line", Name: "value", Label: w.Say("Value"), Value: typed.Get("value")}}
}
