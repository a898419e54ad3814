package say

import (
	"strings"
	"unicode/utf8"

	"triage/internal/respond"
)

// lanes says what a lane is, in words for the front desk.
var lanes = map[respond.Lane]string{
	respond.LaneTakeDown:   "Our own reply says too much",
	respond.LaneUrgent:     "Urgent: may need help now",
	respond.LaneIdentifier: "Shows who somebody is",
	respond.LaneOther:      "About somebody else's health",
	respond.LaneClear:      "Clear disclosure",
	respond.LanePossible:   "Possible disclosure",
	respond.LaneLook:       "Please look: not judged",
	respond.LaneRoutine:    "Routine: not judged here",
	respond.LaneSample:     "Weekly sample",
}

// IsLane reports whether there is such a lane.
func IsLane(l respond.Lane) bool { return lanes[l] != "" }

// Lane says what a lane is; of one that is not known nothing.
func (w *Words) Lane(l respond.Lane) string { return w.Say(lanes[l]) }

var platforms = map[string]string{
	"facebook": "Facebook", "instagram": "Instagram", "x": "X", "wordpress": "WordPress", "google": "Google",
}

// Platform is a platform's name as people write it.
func (w *Words) Platform(name string) string {
	if p, ok := platforms[name]; ok {
		return p
	}
	if name == "" {
		return w.Say("Platform not known")
	}
	r, n := utf8.DecodeRuneInString(name)
	return strings.ToUpper(string(r)) + name[n:]
}

// outcomes says what became of a conversation.
var outcomes = map[string]string{
	respond.Reached: "Reached", respond.Booked: "Booked", respond.NoAnswer: "No answer", respond.Declined: "Declined",
}

// Outcome says what became of a conversation.
func (w *Words) Outcome(code string) string { return w.Say(outcomes[code]) }

// Sentence ends what somebody wrote for the desk with a full stop; otherwise is said
// when she wrote nothing.
func Sentence(why, otherwise string) string {
	if why == "" {
		why = otherwise
	}
	return strings.TrimSuffix(why, ".") + "."
}

// Lower begins a sentence's words in small letters, as they stand inside another.
func Lower(s string) string { return first(s, strings.ToLower) }

// Capital begins words as a sentence does.
func Capital(s string) string { return first(s, strings.ToUpper) }

func first(s string, change func(string) string) string {
	_, n := utf8.DecodeRuneInString(s)
	return change(s[:n]) + s[n:]
}
