package office

import (
	"net/url"
	"regexp"
	"strings"

	"triage/internal/review/say"
)

// hours are hours of the day, or none.
type hours struct{}

func (hours) typed(value string) url.Values {
	from, to, is := strings.Cut(value, "-")
	if !is {
		return url.Values{}
	}
	return url.Values{"on": {"yes"}, "from": {strings.TrimSpace(from)}, "to": {strings.TrimSpace(to)}}
}

var clock = regexp.MustCompile(`^([01]?[0-9]|2[0-3]):[0-5][0-9]$`)

func (hours) text(typed url.Values) (string, string) {
	if typed.Get("on") == "" {
		return "", ""
	}
	from, to := strings.TrimSpace(typed.Get("from")), strings.TrimSpace(typed.Get("to"))
	if !clock.MatchString(from) || !clock.MatchString(to) {
		return "", "Write both times by the clock, such as 22:00 and 07:00."
	}
	if from == to {
		return "", "The hours end when they begin: choose another time for one of them."
	}
	return from + "-" + to, ""
}

func (hours) tell(w *say.Words, value string) string {
	from, to, is := strings.Cut(value, "-")
	if !is {
		return w.Say("No quiet hours")
	}
	return w.Say("From %s to %s", strings.TrimSpace(from), strings.TrimSpace(to))
}

func (hours) fields(w *say.Words, typed url.Values) []field {
	return []field{
		{Kind: "tick", Name: "on", Options: []option{{Value: "yes", Label: w.Say("There are quiet hours"), On: typed.Get("on") != ""}}},
		{Kind: "row", Row: []field{
			{Kind: "time", Name: "from", Label: w.Say("From"), Value: typed.Get("from")},
			{Kind: "time", Name: "to", Label: w.Say("To"), Value: typed.Get("to")},
		}},
	}
}

// catch is how many of a hundred clear disclosures are to be caught, or what is best
// on the whole.
type catch struct{}

func (catch) typed(value string) url.Values {
	if value == "0" {
		return url.Values{"how": {"balanced"}}
	}
	return url.Values{"how": {"more"}, "value": {value}}
}

var share = regexp.MustCompile(`^[0-9]{1,2}(\.[0-9]{1,3})?$`)

func (catch) text(typed url.Values) (string, string) {
	if typed.Get("how") == "balanced" {
		return "0", ""
	}
	n := strings.TrimSpace(typed.Get("value"))
	if !share.MatchString(n) {
		return "", "Write how many of 100 clear disclosures are to be caught: 90 to 99.5, such as 98."
	}
	return n, ""
}

func (catch) tell(w *say.Words, value string) string {
	if value == "0" {
		return w.Say("Balanced")
	}
	return w.Say("At least %s of 100", value)
}

func (catch) fields(w *say.Words, typed url.Values) []field {
	more := typed.Get("how") == "more"
	return []field{
		{Kind: "radio", Name: "how", Options: []option{
			{Value: "balanced", Label: w.Say("Balanced"), Hint: w.Say("Few false alarms, and few disclosures missed."), On: !more},
			{Value: "more", Label: w.Say("Catch more"), Hint: w.Say("Misses less; more comments that are harmless wait here."), On: more}}},
		{Kind: "number", Name: "value", Label: w.Say("Of 100 clear disclosures catch"), Value: typed.Get("value")},
	}
}
