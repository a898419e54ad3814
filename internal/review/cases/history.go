package cases

import (
	"slices"
	"strings"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/review/say"
)

// machineWords says what became of an action, by the history's code.
var machineWords = map[string]string{
	"sending": "going out", "found": "found on the platform", "postponed": "waits, to be tried again",
	string(respond.Sent): "done", string(respond.Failed): "did not work", string(respond.Manual): "waits for a person",
	string(respond.Withdrawn): "withdrawn", "restored": "may have gone out after the backup", string(respond.Recorded): "recorded only",
}

// stepWords says what happened where there is nothing more to say of it; %[1]s is who did.
var stepWords = map[string]string{
	respond.Revealed: "Shown to %[1]s.",
	"dismissed":      "%[1]s decided that nothing is to be said.",
	"handled":        "%[1]s handled it by hand.",
	respond.NoteLeft: "%[1]s left a note.",
	"undone":         "%[1]s took the decision back.",
	"answered":       "Somebody of the practice answered on the platform.",
	"removed":        "Read back on the platform: our reply is gone. The audit holds the proof.",
	"corrected":      "Read back on the platform: our reply says something else now, which may stay. The audit holds the proof.",
	"back-online":    "Read back on the platform: our reply is still there, or there again.",
}

// did says in words what an entry of the history says in codes.
func (v *reader) did(e respond.Entry) string {
	w, who := v.Words, e.By
	if words, known := stepWords[e.Do]; known {
		return w.Say(words, who)
	}
	switch e.Do {
	case "opened":
		return w.Say("Case opened: %s.", w.Lane(respond.Lane(e.Note)))
	case "approved":
		return w.Say("%s approved: %s.", who, v.list(e.Note)) + v.hidBecause(e.Note)
	case respond.Assigned:
		return v.assigned(e)
	case respond.Proposed, respond.Confirmed, respond.Unproposed:
		return v.proposed(e)
	case respond.Labelled:
		return w.Say("%s said what it is: %s.", who, v.labelled(e.Note))
	case "moved":
		return w.Say("%s found it in the sample; it should have been here: %s.", who, w.Lane(respond.Lane(e.Note)))
	case respond.Automatic:
		return w.Say("Approved automatically: %s.", v.list(e.Note)) + v.hidBecause(e.Note)
	case respond.Overrode:
		return w.Say("%s let out what the check refused. %s", who, v.overruled(e.Note))
	case respond.Outcomed:
		return w.Say("%s recorded what became of it: %s.", who, say.Lower(w.Outcome(e.Note)))
	case "edited":
		if e.Note == "" {
			return w.Say("The comment was edited: nothing is to be said any more.")
		}
		return w.Say("The comment was edited: %s.", w.Lane(respond.Lane(e.Note)))
	case "erased":
		return w.Say("The words were erased: %s.", w.Say(erasedWords[e.Note]))
	}
	kind, ok := kindWords[kindOf(e.Note)]
	if what, known := machineWords[e.Do]; ok && known {
		return w.Say("%s: %s.", w.Say(kind), w.Say(what))
	}
	return say.Sentence(who+": "+strings.TrimSpace(e.Do+" "+e.Note), "")
}

// erasedWords says why a comment was erased.
var erasedWords = map[string]string{
	respond.WhyAuthor: "the author deleted them", respond.WhyRequest: "somebody asked for it", respond.WhyRetention: "their time was over",
	respond.WhyTerms: "the platform does not let them be kept after the decision",
}

// kindOf is the action that a note of the history is about, as in "hide:368".
func kindOf(note string) ingest.ActionKind {
	kind, _, _ := strings.Cut(note, ":")
	return ingest.ActionKind(kind)
}

// list turns "reply+private" into "public reply and private message".
func (v *reader) list(note string) string {
	var parts []string
	for _, p := range respond.Parts(note) {
		words := string(p.Kind)
		if known := kindWords[p.Kind]; known != "" {
			words = say.Lower(v.Words.Say(known))
		}
		parts = append(parts, words)
	}
	if n := len(parts); n > 1 {
		return v.Words.Say("%s and %s", strings.Join(parts[:n-1], ", "), parts[n-1])
	}
	return strings.Join(parts, "")
}

// hidBecause is one more sentence on why the comment was to be hidden.
func (v *reader) hidBecause(note string) string {
	for _, p := range respond.Parts(note) {
		if why := respond.HideReasons()[p.Reason]; why != "" {
			return " " + v.Words.Say("Hidden because %s.", v.Words.Whole(why))
		}
	}
	return ""
}

// assigned says who gave the case to whom.
func (v *reader) assigned(e respond.Entry) string {
	switch e.Note {
	case "":
		return v.Words.Say("%s gave it back: nobody in particular looks after it.", e.By)
	case e.By:
		return v.Words.Say("%s looks after it.", e.By)
	}
	return v.Words.Say("%s gave it to %s.", e.By, e.Note)
}

// proposed says what became of a proposal.
func (v *reader) proposed(e respond.Entry) string {
	switch {
	case e.Do == respond.Proposed:
		return v.Words.Say("%s proposed what the check refuses. %s", e.By, v.overruled(e.Note))
	case e.Do == respond.Confirmed:
		return v.Words.Say("%s confirmed what %s proposed.", e.By, e.Note)
	case e.By == e.Note:
		return v.Words.Say("%s took the proposal back.", e.By)
	}
	return v.Words.Say("%s declined what %s proposed.", e.By, e.Note)
}

// overruled says of a note such as "reply:consent:HASH" what went out and why.
func (v *reader) overruled(note string) string {
	parts := strings.Split(note+":", ":")
	why := v.Words.Whole(respond.Overrides()[parts[1]])
	if kindOf(note) == ingest.TakeDown {
		return v.Words.Say("Our reply stays online, because %s.", why)
	}
	return v.Words.Say("%s, because %s.", v.Words.Say(kindWords[kindOf(note)]), why)
}

// historyLine is one line of what happened: when, how long ago, and what.
type historyLine struct {
	At   time.Time
	When string
	// Full is When with its date.
	Full string
	Age  string
	What string
}

func (v *reader) history(c respond.Case) []historyLine {
	var out []historyLine
	for _, e := range slices.Backward(c.History) {
		out = append(out, historyLine{At: e.At, When: v.clock(e.At), Full: v.full(e.At), Age: v.Words.Ago(v.Now().Sub(e.At)), What: v.did(e)})
	}
	return out
}

// fasterWords say who was faster: somebody else, or the reader herself before.
var fasterWords = map[string][2]string{
	"approved":         {"Somebody else decided this a moment ago: %s approved it at %s.", "You have decided this already: you approved it at %[2]s."},
	"dismissed":        {"Somebody else decided this a moment ago: %s decided that nothing is to be said, at %s.", "You have decided this already: you decided that nothing is to be said, at %[2]s."},
	"handled":          {"Somebody else decided this a moment ago: %s marked it as handled at %s.", "You have decided this already: you marked it as handled at %[2]s."},
	"undone":           {"Somebody else decided this a moment ago: %s took the decision back at %s.", "You have decided this already: you took the decision back at %[2]s."},
	respond.Proposed:   {"Somebody else decided this a moment ago: %s proposed to let out what the check refuses, at %s.", "You have decided this already: you proposed it at %[2]s, and a second person has to confirm it."},
	respond.Unproposed: {"Somebody else decided this a moment ago: %s took the proposal off the table at %s.", "You have decided this already: you took the proposal off the table at %[2]s."},
}

// lastStep is the last thing that happened to a case.
func lastStep(c respond.Case) (last respond.Entry) {
	for _, e := range c.History {
		if e.Step() {
			last = e
		}
	}
	return last
}

// overtaken says who was faster, from the last step of a case.
func (v *reader) overtaken(c respond.Case) string {
	e := lastStep(c)
	what, known := fasterWords[e.Do]
	switch {
	case e.Do == "edited":
		return v.Words.Say("The comment was edited at %s. Please look at it as it is now. Nothing of yours went out.", v.clock(e.At))
	case !known:
		return v.Words.Say("The case went on a moment ago. Please look at it as it is now. Nothing of yours went out.")
	case e.By == v.User.Name:
		return v.Words.Say(what[1], e.By, v.clock(e.At))
	}
	return v.Words.Say(what[0], e.By, v.clock(e.At))
}
