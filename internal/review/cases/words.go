package cases

import (
	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/review/say"
)

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
func (v *reader) doubt(j classify.Judgement) string {
	if !j.Judged {
		return v.notJudged(j)
	}
	about, ok := subjectWords[j.Subject]
	if !ok {
		about = "somebody's health"
	}
	about = v.Words.Say(about)
	switch {
	case j.Level == classify.Clear:
		return v.Words.Say(likely(j.Score), about, j.Score)
	case j.Level == classify.Possible:
		return v.Words.Say("Care is alluded to; a clear medical detail is not likely (%.2f).", j.Score)
	case j.Ask == classify.AsksOwnCare:
		return v.Words.Say("Asks about care, without a medical detail.")
	}
	return ""
}

func likely(score float64) string {
	switch {
	case score >= 0.95:
		return "Almost certainly about %s (%.2f)."
	case score >= 0.6:
		return "Probably about %s (%.2f)."
	}
	return "Perhaps about %s (%.2f)."
}

func (v *reader) notJudged(j classify.Judgement) string {
	switch j.WhyNot {
	case classify.NotMedia:
		return v.Words.Say("There is only a picture or a video, which we cannot judge: please look.")
	case respond.NotHandled:
		return v.Words.Say("It could not be processed: please look at it on the platform.")
	case classify.NotPossible:
		return v.Words.Say("Something went wrong when we judged this: please look.")
	case classify.NotTruncated:
		return v.Words.Say("It is too long for us to judge as a whole: please look.")
	case classify.NotMode:
		return v.Words.Say("The terms of this platform do not let us judge comments. Nobody checks here whether it is urgent: please look.")
	}
	if lang, ok := langWords[j.Lang]; ok {
		return v.Words.Say("We cannot judge %s: please look.", v.Words.Say(lang))
	}
	return v.Words.Say("We cannot judge this language: please look.")
}

// kindWords names an action at the beginning of a sentence.
var kindWords = map[ingest.ActionKind]string{
	ingest.Reply: "Public reply", ingest.Private: "Private message",
	ingest.Hide: "Hiding the comment", ingest.TakeDown: "Deleting our reply",
}

// sentWords says that an action happened, and when.
var sentWords = map[ingest.ActionKind]string{
	ingest.Reply: "Published %s.", ingest.Private: "Sent %s.", ingest.Hide: "Hidden %s.", ingest.TakeDown: "Deleted %s.",
}

// happens reports whether an action happens to something that is online; others go
// out.
func happens(kind ingest.ActionKind) bool { return kind == ingest.Hide || kind == ingest.TakeDown }

// goesIn says when an approved action does what it does; %s is left for scripts.
func (v *reader) goesIn(kind ingest.ActionKind, left string) string {
	if happens(kind) {
		return v.Words.Say("Happens in %s.", left)
	}
	return v.Words.Say("Goes out in %s.", left)
}

// goesOut says when an approved action goes out.
func (v *reader) goesOut(a respond.Action) string {
	if left := a.Due.Sub(v.Now()); left > 0 {
		return v.goesIn(a.Kind, v.Words.Span(left))
	}
	return v.Words.Say("Going out now.")
}

// stands says in one line what an action is and where it stands.
func (v *reader) stands(a respond.Action) string {
	return v.Words.Say("%s: %s", v.Words.Say(kindWords[a.Kind]), v.standing(a))
}

// standing says in words where an action stands.
func (v *reader) standing(a respond.Action) string {
	w, at := v.Words, v.clock(a.Done)
	switch a.State {
	case respond.Approved:
		return v.goesOut(a) + v.tail(say.Capital(a.Why))
	case respond.Sending:
		return w.Say("Going out now. We are waiting for the platform's answer.")
	case respond.Sent:
		return w.Say(sentWords[a.Kind], at) + v.tail(say.Capital(a.Why))
	case respond.Failed:
		return w.Say("Did not work: %s", w.Whole(say.Sentence(a.Why, "the platform refused it")))
	case respond.Manual:
		return w.Say("To be done by hand: %s", w.Whole(say.Sentence(a.Why, "this cannot be done from here")))
	case respond.Withdrawn:
		return w.Say("Withdrawn %s because %s", at, w.Whole(say.Sentence(a.Why, "it was no longer right")))
	case respond.Dismissed:
		return w.Say("Settled by %s %s; nothing goes out from here.", a.By, at)
	case respond.Recorded:
		return w.Say("Recorded %s, not published: posting is off.", at)
	}
	return w.Say("Waiting.")
}

// tail is one more sentence of a stage, if there is one.
func (v *reader) tail(why string) string {
	if why == "" {
		return ""
	}
	return " " + v.Words.Whole(say.Sentence(why, ""))
}
