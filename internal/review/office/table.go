package office

import (
	"time"

	"triage/internal/respond"
	"triage/internal/review/say"
)

// asked is how a setting appears on these pages.
type asked struct {
	name string
	// title and about are sentences of the source.
	title, about string
	form         form
	// effect says what holds once the setting has a value, in a sentence or two.
	effect func(w *say.Words, value string) string
	// careful reports whether a value is asked about once more before it is set.
	careful func(value string) bool
}

// group is settings that belong together.
type group struct {
	title string
	of    []asked
}

// never and always say whether values are asked about once more.
func never(string) bool  { return false }
func always(string) bool { return true }

// table is every setting that these pages know, in the order in which they are shown.
// A release may have others, which are shown as they are stored.
var table = []group{
	{"What is published", []asked{
		{name: "posting.mode", title: "Publishing", form: publishing, effect: effectMode,
			about:   "Whether anything goes out at all. Off is also called shadow mode: people decide as always, and nothing reaches any platform.",
			careful: func(value string) bool { return value != "shadow" }},
		{name: "posting.automatic", title: "Answers without a person", effect: effectAutomatic,
			form:    automated,
			about:   "Comments of these kinds are answered although nobody looked at them. It is the only thing here that publishes without a person: choose it when you have seen for some weeks that the suggestions fit.",
			careful: func(value string) bool { return value != "" }},
		{name: "review.four_eyes", title: "Two people for what is risky", form: switched, effect: effectEyes, careful: always,
			about: "A reply that the check refuses, and a change here that lets more go out without a person, then take a second person."},
	}},
	{"When it goes out", []asked{
		{name: "posting.undo", title: "Time to undo", form: span{"smh", "None: it goes out at once"}, effect: effectUndo,
			about:   "How long an approved reply waits before it goes out. Until then anybody can stop it; what is online cannot be taken back for certain.",
			careful: func(value string) bool { d, ok := long(value); return ok && d < 10*time.Second }},
		{name: "posting.quiet", title: "Quiet hours", form: hours{}, effect: effectQuiet, careful: never,
			about: "In these hours, by the practice's clock, replies that can wait stay until the morning. What is urgent goes out at once."},
		{name: "posting.thread_cap", title: "Replies under one post", form: number{"%d reply in 24 hours", "any number"}, effect: effectThread, careful: never,
			about: "So many public replies go out under one post in 24 hours. More wait; urgent ones do not."},
		{name: "posting.daily_cap", title: "Actions a day", form: number{of: "%d action in 24 hours"}, effect: effectCap, careful: never,
			about: "Everything that an account does in 24 hours: replies, private messages, hiding. More wait."},
		{name: "posting.read_back", title: "Asking again", form: span{units: "smh"}, effect: effectReadBack, careful: never,
			about: "Sometimes a platform does not say whether a reply went out. After this time it is asked; nothing is sent twice."},
	}},
	{"Who is called", []asked{
		{name: "alerts.lanes", title: "Calling more loudly", form: louder{}, effect: effectLouder, careful: never,
			about: "Kinds of cases for which people are called more loudly than by themselves. None can be made quieter."},
	}},
	{"What counts as sensitive", []asked{
		{name: "classify.catch", title: "How much is caught", form: catch{}, effect: effectCatch, careful: never,
			about: "How hard comments are searched for health details. Balanced is right for most practices."},
		{name: "classify.terms", title: "Your own medical words", form: terms{}, effect: effectTerms, careful: never,
			about: "Names of treatments, medicines or tests that patients use here and that a dictionary does not have."},
		{name: "classify.staff", title: "Names of staff", form: lines{"Such as: Dr. Alvarez"}, effect: effectStaff, careful: never,
			about: "People who work here. Their names identify no patient. Replies may say only those of the configuration file."},
		{name: "classify.own", title: "Your own numbers and addresses", form: lines{"Such as: (503) 555-0142, or cedar.example"}, effect: effectOwn, careful: never,
			about: "Further phone numbers, e-mail addresses and web sites of the practice. They identify no patient."},
		{name: "classify.sample", title: "Weekly sample", form: number{"%d comment a week", "no sample"}, effect: effectSample, careful: never,
			about: "So many comments that were not flagged are picked at random each week, for people to look at. It shows what is missed."},
	}},
	{"How long words are kept", []asked{
		{name: "retention.unflagged", title: "Comments without a case", form: span{units: "hd"}, effect: effectUnflagged, careful: always,
			about: "How long the words of a comment are kept after it was judged harmless."},
		{name: "retention.decided", title: "Comments with a case", form: span{units: "hd"}, effect: effectDecided, careful: always,
			about: "How long the words of a comment, and of what you wrote, are kept after the last step of its case."},
	}},
}

var (
	publishing = choice{
		{Value: "shadow", Label: "Off: nothing is published", Hint: "Decisions are recorded. Good for trying it out."},
		{Value: "review", Label: "On: what a person approves is published", Hint: "After the time to undo."},
	}
	switched = choice{
		{Value: "false", Label: "Off: one person is enough", Hint: "Right where only one person may decide such things."},
		{Value: "true", Label: "On: a second person confirms", Hint: "Needs at least two people who may change settings."},
	}
	automated = ticks{[]respond.Lane{respond.LanePossible, respond.LaneClear}, "None: every reply waits for a person"}
)

// known finds how a setting appears.
func known(name string) (asked, bool) {
	for _, g := range table {
		for _, a := range g.of {
			if a.name == name {
				return a, true
			}
		}
	}
	return asked{}, false
}

func effectMode(w *say.Words, value string) string {
	if value == "shadow" {
		return w.Say("From now on nothing is published. Decisions are recorded. What was approved and has not gone out yet is withdrawn.")
	}
	return w.Say("From now on what a person approves is published on the platforms, where everybody can read it. What was approved while publishing was off stays unpublished.")
}

func effectAutomatic(w *say.Words, value string) string {
	if value == "" {
		return w.Say("From now on every reply waits for a person. What was approved without one and has not gone out yet is withdrawn.")
	}
	return w.Say("From now on these comments are answered by themselves, with the suggested words, after the time to undo: %s. Nobody looks first. It happens once for each person and post, only while publishing is on, and only where nothing is doubtful.",
		automated.tell(w, value))
}

func effectEyes(w *say.Words, value string) string {
	if value == "false" {
		return w.Say("From now on one person alone can publish what the check refuses, and can let more go out without a person.")
	}
	return w.Say("From now on a second person has to confirm a reply that the check refuses, and each change here that lets more go out without a person. If only one person is left who may do so, none of that is possible until there is another.")
}

func effectUndo(w *say.Words, value string) string {
	if d, ok := long(value); ok && d == 0 {
		return w.Say("From now on an approved reply goes out at once. Nobody can stop it any more.")
	}
	return w.Say("From now on an approved reply waits before it goes out: %s. Until then anybody can stop it.", span{units: "smhd"}.tell(w, value))
}

func effectQuiet(w *say.Words, value string) string {
	if value == "" {
		return w.Say("From now on replies go out at any hour.")
	}
	from, to := hours{}.typed(value).Get("from"), hours{}.typed(value).Get("to")
	return w.Say("From now on replies that can wait do not go out between %s and %s. What is urgent goes out at once.", from, to)
}

func effectThread(w *say.Words, value string) string {
	if value == "0" {
		return w.Say("From now on any number of replies may go out under one post.")
	}
	return w.Say("From now on no more go out under one post than this: %s. More wait; urgent ones do not.", number{of: "%d reply in 24 hours"}.tell(w, value))
}

func effectCap(w *say.Words, value string) string {
	return w.Say("From now on an account does no more than this: %s. More waits until the next day.", number{of: "%d action in 24 hours"}.tell(w, value))
}

func effectReadBack(w *say.Words, value string) string {
	return w.Say("From now on a platform that gave no clear answer is asked again after %s. If it shows nothing then, a person is asked.", span{units: "smhd"}.tell(w, value))
}

func effectLouder(w *say.Words, value string) string {
	if value == "" {
		return w.Say("From now on every kind of case calls people as it does by itself.")
	}
	return w.Say("From now on these call people more loudly: %s.", louder{}.tell(w, value))
}

func effectCatch(w *say.Words, value string) string {
	if value == "0" {
		return w.Say("From now on new comments are judged in the balanced way. Those that were judged already stay as they are.")
	}
	return w.Say("From now on at least %s of 100 clear disclosures are to be caught. More harmless comments wait here, too. Those that were judged already stay as they are.", value)
}

func effectTerms(w *say.Words, value string) string {
	if value == "" {
		return w.Say("From now on no words of your own count as medical in new comments.")
	}
	return w.Say("From now on these words count as medical in new comments: %s.", terms{}.tell(w, value))
}

func effectStaff(w *say.Words, value string) string {
	if value == "" {
		return w.Say("From now on any name can identify a patient in new comments, also those of staff.")
	}
	return w.Say("From now on these names do not identify a patient in new comments: %s.", lines{}.tell(w, value))
}

func effectOwn(w *say.Words, value string) string {
	if value == "" {
		return w.Say("From now on any number or address can identify a patient in new comments, also those of the practice.")
	}
	return w.Say("From now on these numbers and addresses do not identify a patient in new comments: %s.", lines{}.tell(w, value))
}

func effectSample(w *say.Words, value string) string {
	if value == "0" {
		return w.Say("From next week on no sample is picked. Nobody can tell then how much is missed.")
	}
	return w.Say("From next week on so many are picked: %s.", number{of: "%d comment a week"}.tell(w, value))
}

func effectUnflagged(w *say.Words, value string) string {
	return w.Say("From now on the words of a comment without a case are erased when they are this old: %s. What is older already is erased soon, and nobody can bring it back.", span{units: "hd"}.tell(w, value))
}

func effectDecided(w *say.Words, value string) string {
	return w.Say("From now on the words of a case are erased so long after its last step: %s. What is older already is erased soon, and nobody can bring it back.", span{units: "hd"}.tell(w, value))
}
