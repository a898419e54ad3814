package cases

import (
	"strings"

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
		return w.Say("%s approved: %s.", who, v.list(e.Note))
	case respond.Labelled:
		return w.Say("%s said what it is: %s.", who, v.labelled(e.Note))
	case "moved":
		return w.Say("%s found it in the sample; it should have been here: %s.", who, w.Lane(respond.Lane(e.Note)))
	case respond.Automatic:
		return w.Say("Approved automatically: %s.", v.list(e.Note))
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
		return w.Say(kind) + ": " + w.Say(what) + "."
	}
	return say.Sentence(who+": "+strings.TrimSpace(e.Do+" "+e.Note), "")
}

// labelled says what a label's code says: "clear+urgent".
func (v *reader) labelled(code string) string {
	parts := strings.Split(code, "+")
	for i, c := range parts {
		parts[i] = v.Words.Say(c)
	}
	return strings.Join(parts, ", ")
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
func (v *reader) list(kinds string) string {
	parts := strings.Split(kinds, "+")
	for i, k := range parts {
		if words := kindWords[kindOf(k)]; words != "" {
			parts[i] = say.Lower(v.Words.Say(words))
		}
	}
	if n := len(parts); n > 1 {
		return v.Words.Say("%s and %s", strings.Join(parts[:n-1], ", "), parts[n-1])
	}
	return parts[0]
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
