package review

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// laneWords says what a lane is, in words for the front desk.
var laneWords = map[respond.Lane]string{
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

var platformWords = map[string]string{
	"facebook": "Facebook", "instagram": "Instagram", "x": "X", "wordpress": "WordPress", "google": "Google",
}

// platformWord is a platform's name as people write it.
func platformWord(name string) string {
	if w, ok := platformWords[name]; ok {
		return w
	}
	if name == "" {
		return "Platform not known"
	}
	r, n := utf8.DecodeRuneInString(name)
	return strings.ToUpper(string(r)) + name[n:]
}

var langWords = map[string]string{
	"ar": "Arabic", "zh": "Chinese", "nl": "Dutch", "en": "English", "tl": "Tagalog", "fr": "French", "de": "German",
	"el": "Greek", "ht": "Haitian Creole", "he": "Hebrew", "hi": "Hindi", "it": "Italian", "ja": "Japanese",
	"ko": "Korean", "fa": "Persian", "pl": "Polish", "pt": "Portuguese", "pa": "Punjabi", "ru": "Russian",
	"so": "Somali", "es": "Spanish", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
}

var subjectWords = map[classify.Subject]string{
	classify.Self: "the author's own health", classify.Family: "the health of somebody in the author's family",
	classify.Other: "another person's health",
}

// doubt says how sure the machine is, or why it did not judge.
func doubt(j classify.Judgement) string {
	if !j.Judged {
		return notJudged(j)
	}
	about, ok := subjectWords[j.Subject]
	if !ok {
		about = "somebody's health"
	}
	switch {
	case j.Level == classify.Clear:
		return fmt.Sprintf("%s about %s (%.2f).", likely(j.Score), about, j.Score)
	case j.Level == classify.Possible:
		return fmt.Sprintf("Care is alluded to; a clear medical detail is not likely (%.2f).", j.Score)
	case j.Ask == classify.AsksOwnCare:
		return "Asks about care, without a medical detail."
	}
	return ""
}

func likely(score float64) string {
	switch {
	case score >= 0.95:
		return "Almost certainly"
	case score >= 0.6:
		return "Probably"
	}
	return "Perhaps"
}

func notJudged(j classify.Judgement) string {
	switch j.WhyNot {
	case classify.NotMedia:
		return "There is only a picture or a video, which we cannot judge: please look."
	case respond.NotHandled:
		return "It could not be processed: please look at it on the platform."
	case classify.NotPossible:
		return "Something went wrong when we judged this: please look."
	case classify.NotTruncated:
		return "It is too long for us to judge as a whole: please look."
	case classify.NotMode:
		return "The terms of this platform do not let us judge comments. Nobody checks here whether it is urgent: please look."
	}
	if lang, ok := langWords[j.Lang]; ok {
		return "We cannot judge " + lang + ": please look."
	}
	return "We cannot judge this language: please look."
}

// kindWords names an action at the beginning of a sentence.
var kindWords = map[ingest.ActionKind]string{
	ingest.Reply: "Public reply", ingest.Private: "Private message",
	ingest.Hide: "Hiding the comment", ingest.TakeDown: "Deleting our reply",
}

// sentWords says that an action happened.
var sentWords = map[ingest.ActionKind]string{
	ingest.Reply: "Published", ingest.Private: "Sent", ingest.Hide: "Hidden", ingest.TakeDown: "Deleted",
}

// verb says what an approved action does when its time has come.
func verb(kind ingest.ActionKind) string {
	if kind == ingest.Hide || kind == ingest.TakeDown {
		return "Happens"
	}
	return "Goes out"
}

// standing says in words where an action stands.
func (p *pages) standing(a respond.Action) string {
	at := p.clock(a.Done)
	switch a.State {
	case respond.Approved:
		if left := a.Due.Sub(p.Now()); left > 0 {
			return verb(a.Kind) + " in " + span(left) + "." + tail(capital(a.Why))
		}
		return "Going out now."
	case respond.Sending:
		return "Going out now. We are waiting for the platform's answer."
	case respond.Sent:
		return sentWords[a.Kind] + " " + at + "." + tail(capital(a.Why))
	case respond.Failed:
		return "Did not work: " + sentence(a.Why, "the platform refused it")
	case respond.Manual:
		return "To be done by hand: " + sentence(a.Why, "this cannot be done from here")
	case respond.Withdrawn:
		return "Withdrawn " + at + " because " + sentence(a.Why, "it was no longer right")
	case respond.Dismissed:
		return "Settled by " + a.By + " " + at + "; nothing goes out from here."
	case respond.Recorded:
		return "Recorded " + at + ", not published: posting is off."
	}
	return "Waiting."
}

// sentence ends what somebody wrote for the desk with a full stop.
func sentence(why, otherwise string) string {
	if why == "" {
		why = otherwise
	}
	return strings.TrimSuffix(why, ".") + "."
}

// machineWords says what became of an action, by the history's code.
var machineWords = map[string]string{
	"sending": "going out", "found": "found on the platform", "postponed": "waits, to be tried again",
	string(respond.Sent): "done", string(respond.Failed): "did not work", string(respond.Manual): "waits for a person",
	string(respond.Withdrawn): "withdrawn", "restored": "may have gone out after the backup", string(respond.Recorded): "recorded only",
}

// stepWords says what happened where there is nothing more to say of it; WHO is who did.
var stepWords = map[string]string{
	respond.Revealed: "Shown to WHO.",
	"dismissed":      "WHO decided that nothing is to be said.",
	"handled":        "WHO handled it by hand.",
	"undone":         "WHO took the decision back.",
	"answered":       "Somebody of the practice answered on the platform.",
	"removed":        "Read back on the platform: our reply is gone. The audit holds the proof.",
	"corrected":      "Read back on the platform: our reply says something else now, which may stay. The audit holds the proof.",
	"back-online":    "Read back on the platform: our reply is still there, or there again.",
}

// did says in words what an entry of the history says in codes.
func did(e respond.Entry) string {
	who := e.By
	if words, known := stepWords[e.Do]; known {
		return strings.ReplaceAll(words, "WHO", who)
	}
	switch e.Do {
	case "opened":
		return "Case opened: " + laneWords[respond.Lane(e.Note)] + "."
	case "approved":
		return who + " approved: " + list(e.Note) + "."
	case respond.Labelled:
		return who + " said what it is: " + strings.ReplaceAll(e.Note, "+", ", ") + "."
	case "moved":
		return who + " found it in the sample; it should have been here: " + laneWords[respond.Lane(e.Note)] + "."
	case respond.Automatic:
		return "Approved automatically: " + list(e.Note) + "."
	case respond.Overrode:
		return who + " let out what the check refused. " + overruled(e.Note)
	case respond.Outcomed:
		return who + " recorded what became of it: " + lower(outcomeWords[e.Note]) + "."
	case "edited":
		return "The comment was edited: " + cmp.Or(laneWords[respond.Lane(e.Note)], "nothing is to be said any more") + "."
	case "erased":
		return "The words were erased: " + erasedWords[e.Note] + "."
	}
	kind, ok := kindWords[kindOf(e.Note)]
	if what, known := machineWords[e.Do]; ok && known {
		return kind + ": " + what + "."
	}
	return sentence(who+": "+strings.TrimSpace(e.Do+" "+e.Note), "")
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
func list(kinds string) string {
	parts := strings.Split(kinds, "+")
	for i, k := range parts {
		if w := kindWords[kindOf(k)]; w != "" {
			parts[i] = lower(w)
		}
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return parts[0]
}

// clock says when something happened: the time today, else the day too.
func (p *pages) clock(t time.Time) string {
	now := p.Now()
	t = t.In(now.Location())
	switch {
	case t.IsZero():
		return "some time ago"
	case sameDay(t, now):
		return t.Format("15:04")
	case now.Sub(t) < 6*24*time.Hour:
		return t.Format("Mon 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.In(a.Location()).Date()
	return ay == by && am == bm && ad == bd
}

// span says how long something is: "42 seconds", "3 minutes", "2 days".
func span(d time.Duration) string {
	switch {
	case d < 0:
		return "0 seconds"
	case d < 2*time.Minute:
		return plural(int((d+time.Second-1)/time.Second), "second")
	case d < 2*time.Hour:
		return plural(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour")
	}
	return plural(int(d/(24*time.Hour)), "day")
}

// short says how long something is in a table: "3 min", "6 d".
func short(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d/time.Minute))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	return fmt.Sprintf("%d d", int(d/(24*time.Hour)))
}

// grouped writes 8000 as "8,000".
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}
