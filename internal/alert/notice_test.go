package alert

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func message(change Change, s Severity, count int) Message {
	return Message{Alert: Alert{Key: "cases/urgent/cedar", Severity: s, What: "somebody may need help now", Where: "facebook cedar", Count: count,
		Since: noon.Add(-90 * time.Minute), Link: "https://desk/cases/x"}, Change: change, At: noon}
}

func TestMessageIsOneLine(t *testing.T) {
	for want, m := range map[string]Message{
		"page · somebody may need help now (3) · facebook cedar · for 1 h · https://desk/cases/x": message(New, Page, 3),
		"over · somebody may need help now · facebook cedar · https://desk/cases/x":               message(Over, Page, 3),
		"tell · somebody may need help now · facebook cedar · for 1 h · https://desk/cases/x":     message(Still, Tell, 1),
	} {
		if got := m.String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	for d, want := range map[time.Duration]string{-time.Hour: "0 s", 59 * time.Second: "59 s", 59 * time.Minute: "59 min", 47 * time.Hour: "47 h", 49 * time.Hour: "2 days"} {
		if got := Age(d); got != want {
			t.Errorf("%v is said as %q, want %q", d, got, want)
		}
	}
}

// What people read: the loudest first, one line each, and where to stop the calls only
// where there are calls.
func TestWordsOfNotices(t *testing.T) {
	for name, tt := range map[string]struct {
		notice      Notice
		title, text string
	}{
		"a page": {Notice{Messages: []Message{message(New, Page, 1)}, Desk: "https://desk/on-call"},
			"URGENT: somebody may need help now, facebook cedar, for 1 h",
			"URGENT: somebody may need help now, facebook cedar, for 1 h\nhttps://desk/cases/x\n\nTo stop the calls, say that you are on it: https://desk/on-call\n"},
		"a page and what is over": {Notice{From: "Cedar", Messages: []Message{message(Over, Page, 1), message(More, Page, 4)}},
			"Cedar: URGENT: more came: somebody may need help now (4), facebook cedar, for 1 h, and 1 more",
			"Cedar:\nover: somebody may need help now, facebook cedar\nhttps://desk/cases/x\nURGENT: more came: somebody may need help now (4), facebook cedar, for 1 h\nhttps://desk/cases/x\n"},
		"what the team is told": {Notice{Messages: []Message{message(Still, Tell, 2)}, Desk: "https://desk/on-call"},
			"still: somebody may need help now (2), facebook cedar, for 1 h", "still: somebody may need help now (2), facebook cedar, for 1 h\nhttps://desk/cases/x\n"},
		"a reminder": {Notice{From: "Cedar", Messages: []Message{message(Forgotten, Page, 2)}, Desk: "https://desk/on-call"},
			"Cedar: URGENT: say again that you are on it, or the calls begin anew: somebody may need help now (2), facebook cedar, for 1 h",
			"Cedar:\nURGENT: say again that you are on it, or the calls begin anew: somebody may need help now (2), facebook cedar, for 1 h\nhttps://desk/cases/x\n\nTo stop the calls, say that you are on it: https://desk/on-call\n"},
		"a test": {Notice{From: "Cedar", Test: true}, "Cedar: Test of triage: this arrives, and nothing is wrong", "Cedar: Test of triage: this arrives, and nothing is wrong. Nothing is to be done.\n"},
	} {
		if got := tt.notice.Title(); got != tt.title {
			t.Errorf("%s: the title is\n%s, want\n%s", name, got, tt.title)
		}
		if got := tt.notice.Text(); got != tt.text {
			t.Errorf("%s: the text is\n%s\nwant\n%s", name, got, tt.text)
		}
	}
	long := message(New, Page, 1)
	long.What = strings.Repeat("é", 200)
	if title := (Notice{Messages: []Message{long}}).Title(); len(title) > longTitle || !utf8.ValidString(title) || !strings.HasSuffix(title, "…") {
		t.Errorf("a long title is %d bytes: %q", len(title), title)
	}
	if short := (Notice{Messages: []Message{message(New, Page, 1)}, Desk: "https://desk/on-call"}).Short(); !strings.HasSuffix(short, " https://desk/cases/x") {
		t.Errorf("short: %s", short)
	}
}

func TestSeverityOfANotice(t *testing.T) {
	for want, messages := range map[Severity][]Message{
		Page: {message(New, Tell, 1), message(Still, Page, 1)}, Tell: {message(Over, Page, 1), message(New, Tell, 1), message(New, Slow, 1)}, "": {message(Over, Page, 1), message(Taken, Page, 1)},
	} {
		if got := (Notice{Messages: messages}).Severity(); got != want {
			t.Errorf("severity %q, want %q", got, want)
		}
	}
}

// What a channel's library says may hold a token: people and log get our words only.
func TestWhyIsOurs(t *testing.T) {
	foreign := errors.New("Post https://hooks.example/zzcanaryzz: refused")
	for err, want := range map[error]string{
		foreign: "it could not be sent: see the log", &Failure{Why: "wrong password: set a new one", Cause: foreign}: "wrong password: set a new one",
		fmt.Errorf("channel: %w", &Failure{Why: "down"}): "down",
	} {
		if got := WhyOf(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if cause := fmt.Sprint(causeOf(foreign)); strings.Contains(cause, "zzcanaryzz") {
		t.Errorf("the log gets %s", cause)
	}
	if f := (&Failure{Why: "w", Cause: foreign}); !errors.Is(f, foreign) || f.Error() != "w" {
		t.Error("a failure hides its cause")
	}
}
