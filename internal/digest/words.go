package digest

import (
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"triage/internal/respond"
)

// tongue speaks one language. English is that of the source; others have a table of its
// sentences.
type tongue struct {
	lang    string
	printer *message.Printer
	says    map[string]string
	counts  map[string]forms
}

// forms are how many of something are called: one, and other numbers.
type forms struct{ one, other string }

// tongues are the languages, as readers in the United States write them.
var tongues = map[string]tongue{
	"en": {"en", message.NewPrinter(language.AmericanEnglish), nil, english},
	"es": {"es", message.NewPrinter(language.MustParse("es-US")), spanish, spanishCounts},
}

// in returns a language; of one that there is not, English.
func in(lang string) tongue {
	if t, known := tongues[lang]; known {
		return t
	}
	return tongues["en"]
}

// say says a sentence of the source, with args put in as fmt.Sprintf does.
func (t tongue) say(sentence string, args ...any) string {
	if other, known := t.says[sentence]; known {
		sentence = other
	}
	return t.printer.Sprintf(sentence, args...)
}

// count says how many there are of something, by its key in the tables; the number is the
// first of args.
func (t tongue) count(of string, n int, args ...any) string {
	f := t.counts[of]
	form := f.other
	if n == 1 {
		form = f.one
	}
	return t.printer.Sprintf(form, append([]any{n}, args...)...)
}

// span says how long something is.
func (t tongue) span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return t.say("less than a minute")
	case d < 2*time.Hour:
		return t.count("minute", int(d/time.Minute))
	case d < 48*time.Hour:
		return t.count("hour", int(d/time.Hour))
	}
	return t.count("day", int(d/(24*time.Hour)))
}

// day says a day: "Monday, November 23".
func (t tongue) day(at time.Time) string {
	weekday, month := t.say(at.Weekday().String()), t.say(at.Month().String())
	return t.say("%[1]s, %[2]s %[3]d", weekday, month, at.Day())
}

// clock says in a sentence when something is, seen from now: the time of day, and the day
// if it is another.
func (t tongue) clock(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.count("o'clock", at.Hour(), at.Format("15:04"))
	}
	return t.count("day at", at.Hour(), at.Format("15:04"), t.day(at))
}

// stamp says at the beginning of a line when something was.
func (t tongue) stamp(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return t.say("%[1]s, %[2]s", t.day(at), at.Format("15:04"))
}

// list joins words: "a, b and c".
func (t tongue) list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	if t.lang == "es" && beforeE.MatchString(words[last]) {
		return strings.Join(words[:last], ", ") + " e " + words[last]
	}
	return t.say("%[1]s and %[2]s", strings.Join(words[:last], ", "), words[last])
}

// beforeE is before what "y" is "e" in Spanish.
var beforeE = regexp.MustCompile(`^(?i:h?i)[^ae]`)

// laneWords say what a lane is, as the desk does.
var laneWords = map[respond.Lane]string{
	respond.LaneTakeDown:   "Our own reply says too much",
	respond.LaneUrgent:     "Urgent: may need help now",
	respond.LaneIdentifier: "Shows who somebody is",
	respond.LaneOther:      "About somebody else's health",
	respond.LaneClear:      "Clear disclosure",
	respond.LaneLook:       "Please look: not judged",
	respond.LanePossible:   "Possible disclosure",
}

var outcomeWords = map[string]string{
	respond.Reached: "Reached", respond.Booked: "Booked", respond.NoAnswer: "No answer", respond.Declined: "Declined",
}

var platformNames = map[string]string{
	"facebook": "Facebook", "instagram": "Instagram", "x": "X", "wordpress": "WordPress", "google": "Google",
}

// place says where something is: the platform, and the account if it has another name.
func (t tongue) place(platform, account string) string {
	name, known := platformNames[platform]
	switch {
	case account == "" && platform == "":
		return t.say("account not known")
	case !known:
		name = platform
	}
	if account == "" || account == platform {
		return name
	}
	return name + " " + account
}

// where is where an alert is, which names the platform and then the account.
func (t tongue) where(of string) string {
	platform, account, _ := strings.Cut(of, " ")
	return t.place(platform, account)
}

// leads finds what leads out of a letter: an address of a page or of a person.
var leads = regexp.MustCompile(`://|www\.|@`)

// harmless reports whether a sentence of another stage can stand in a letter.
func harmless(sentence string) bool { return sentence != "" && !leads.MatchString(sentence) }

// full ends a sentence with a full stop.
func full(sentence string) string { return strings.TrimSuffix(sentence, ".") + "." }
