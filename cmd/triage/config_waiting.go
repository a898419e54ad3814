package main

import (
	"fmt"
	"maps"
	"strings"

	"triage/internal/checks"
	"triage/internal/respond"
)

// limits are how long cases may wait for a person: the defaults, and in their place what
// alerts.waiting says, each "LANE TELL PAGE". Whatever is wrong goes to bad.
func (c *config) limits(bad faults) map[respond.Lane]checks.Limits {
	out, seen := maps.Clone(checks.DefaultLimits), map[respond.Lane]bool{}
	for i, text := range c.Alerts.Waiting {
		lane, l, err := asLimits(text)
		if err == nil {
			err = l.Check(lane)
		}
		if err == nil && seen[lane] {
			err = fmt.Errorf("%s is there twice: take one out", lane)
		}
		if err != nil {
			bad("alerts.waiting", "entry %d: %v", i+1, err)
			continue
		}
		out[lane], seen[lane] = l, true
	}
	return out
}

// asLimits reads how long a case of a lane may wait, such as "clear 2h 12h".
func asLimits(text string) (respond.Lane, checks.Limits, error) {
	words := strings.Fields(text)
	if len(words) != 3 {
		return "", checks.Limits{}, fmt.Errorf("%q is none: write LANE, after what time the team is told once more, and after what time a person is called, such as \"clear 2h 12h\"", text)
	}
	tell, err := parseDuration(words[1])
	page, wrong := parseDuration(words[2])
	if err != nil || wrong != nil {
		return "", checks.Limits{}, fmt.Errorf("%q has a time without its unit: write such as \"clear 2h 12h\"", text)
	}
	return respond.Lane(words[0]), checks.Limits{Tell: tell, Page: page}, nil
}
