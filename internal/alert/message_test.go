package alert

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestMessageIsOneLine(t *testing.T) {
	a := Alert{Key: "k", Severity: Tell, What: "clear disclosure", Where: "facebook cedar", Count: 3, Since: noon, Link: "http://desk/"}
	at := noon.Add(90 * time.Minute)
	for want, m := range map[string]Message{
		"tell · clear disclosure (3) · facebook cedar · for 1 h · http://desk/": {Alert: a, Times: 1, At: at},
		"over · clear disclosure · facebook cedar · http://desk/":               {Alert: a, Over: true, At: at},
		"page · silent · for 0 s":                                               {Alert: Alert{Severity: Page, What: "silent", Count: 1, Since: at}, At: noon},
	} {
		if got := m.String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	for d, want := range map[time.Duration]string{59 * time.Second: "59 s", 59 * time.Minute: "59 min", 47 * time.Hour: "47 h", 49 * time.Hour: "2 days"} {
		if got := Age(d); got != want {
			t.Errorf("%v is said as %q, want %q", d, got, want)
		}
	}
}

// What a check could not do may quote what somebody wrote: it stays in the log.
func TestMessagesHoldOnlyOurWords(t *testing.T) {
	var out strings.Builder
	w := newWatch(t, trouble(Tell))
	w.Notifiers = append(w.Notifiers, NewTerminal(&out))
	w.check.err = errors.New("canary: my rash is back")
	w.tells(2, 0, "trouble and blindness")
	w.check.err = nil
	told := fmt.Sprintf("%+v %+v", w.phone.got, w.tells(1, time.Minute, "it sees again"))
	if strings.Contains(told+out.String(), "canary") {
		t.Errorf("told %s\n%s", told, out.String())
	}
	for _, part := range []string{"alert 12:00:00  ", "cannot look", "over"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("the terminal lacks %q:\n%s", part, out.String())
		}
	}
	if n := strings.Count(out.String(), "\n"); n != 3 {
		t.Errorf("%d lines for 3 messages:\n%s", n, out.String())
	}
}
