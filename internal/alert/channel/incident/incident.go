// Package incident has the channels that keep incidents: they are told of each by its
// name, and that it was acknowledged or is over. The heartbeat is here too: who
// gets it calls somebody when it ends.
package incident

import (
	"strings"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// each hands on the messages one by one, each in a notice of its own. All are tried; one
// that fails comes again with those that did not, which providers know by their incident.
func each(n alert.Notice, tell func(one alert.Notice, m alert.Message) error) error {
	var failed error
	for _, m := range n.Messages {
		one := n
		one.Messages = []alert.Message{m}
		if err := tell(one, m); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// sourceOf is who says it: the practice.
func sourceOf(n alert.Notice) string {
	if n.From == "" {
		return "triage"
	}
	return channel.CutRunes(n.From, 100)
}

// kindOf is the check that an alert's key begins with, such as "cases".
func kindOf(key string) string {
	kind, _, _ := strings.Cut(key, "/")
	return kind
}

// stamp writes a time as RFC 3339 does, in UTC; empty: it is not known.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
