package oncall

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"triage/internal/alert"
	"triage/internal/audit"
	"triage/internal/review/page"
)

// formValue names a trouble in a form as the page shows it: its round and key, how many there
// are, the newest, and when it began. What came after the page was made is not acknowledged
// by it.
func formValue(s alert.Standing) string {
	return fmt.Sprintf("%d %s %d %d %d", s.Round, s.Alert.Key, s.Alert.Count, stamp(s.Alert.Latest), stamp(s.Began))
}

// stamp is a time in a form: nanoseconds since 1970, 0 for none.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// shown reads a formValue; with a round and a key alone it is what stands now.
func shown(value string, now []alert.Standing) (s alert.Standing, ok bool) {
	var latest, began int64
	n, _ := fmt.Sscan(value, &s.Round, &s.Alert.Key, &s.Alert.Count, &latest, &began)
	switch {
	case n == 2:
		for _, one := range now {
			if one.Alert.Key == s.Alert.Key {
				s.Alert, s.Began = one.Alert, one.Began
			}
		}
	case latest != 0:
		s.Alert.Latest = time.Unix(0, latest)
	}
	if began != 0 {
		s.Began = time.Unix(0, began)
	}
	return s, n == 2 || n == 5
}

// most is how many are acknowledged at once.
const most = 200

var errNotCalled = &page.Refusal{Status: http.StatusForbidden, Title: "Not yours to do",
	Say: "Your role reads no comments, and you are not among those who are called. The calls go on. Tell somebody who can look."}

// Acknowledge says that the reader is on it. She goes back to where she was; who is
// slower than somebody else is told.
func (p *Pages) Acknowledge(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	if p.Calls == nil {
		return page.ErrNowhere
	}
	alerts := r.PostForm["alert"]
	if len(alerts) == 0 || len(alerts) > most {
		return page.ErrForm
	}
	v := page.VisitOf(r)
	if !p.look(v).mayAnswer() {
		return errNotCalled
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	var left []string
	for _, one := range alerts {
		why, err := p.acknowledge(r, one)
		if err != nil {
			return err
		}
		if why != "" && !slices.Contains(left, why) {
			left = append(left, why)
		}
	}
	return p.acknowledged(w, r, strings.Join(left, " "))
}

// acknowledged answers: why is what was left as it is, in the reader's words.
func (p *Pages) acknowledged(w http.ResponseWriter, r *http.Request, why string) error {
	next := back(r.PostFormValue("next"))
	switch {
	case strings.Contains(r.Header.Get("Accept"), "application/json"):
		v := page.VisitOf(r)
		said := p.CallOf(v)
		if said.Say = why; why == "" {
			said.Say = p.look(v).onIt()
		}
		p.Answer(w, http.StatusOK, said)
	case why != "":
		out := onCallPage{Notice: why, Take: p.look(page.VisitOf(r)).offer()}
		if next != here {
			out.Back = next
		}
		return p.render(w, r, http.StatusConflict, out)
	case next == here:
		http.Redirect(w, r, here+"?done=on-it", http.StatusSeeOther)
	case len(p.Calls.Calling()) > 0: // what is left is said where all of it stands
		http.Redirect(w, r, here+"?"+url.Values{"done": {"on-it"}, "back": {next}}.Encode(), http.StatusSeeOther)
	default:
		http.Redirect(w, r, next, http.StatusSeeOther)
	}
	return nil
}

// onIt says that the reader is on it, and how many calls wait for an answer still.
func (l *look) onIt() string {
	if left := len(l.duty.Calling()); left > 0 {
		return l.Count(left, "You are on that one. %d call still waits for an answer:")
	}
	return l.Say("You are on it. Nobody else is called about it, unless more comes.")
}

// acknowledge says that the reader is on one of them; why says in her words why that is
// not so.
func (p *Pages) acknowledge(r *http.Request, which string) (why string, err error) {
	l := p.look(page.VisitOf(r))
	all := p.Calls.Standing()
	seen, ok := shown(which, all)
	if !ok {
		return "", page.ErrForm
	}
	key := seen.Alert.Key
	i := slices.IndexFunc(all, func(s alert.Standing) bool { return s.Alert.Key == key && s.Began.Equal(seen.Began) })
	if i < 0 {
		return l.Say("It is over: nobody is called any more."), nil
	}
	switch s := all[i]; {
	case s.Ack != nil && s.Ack.By != l.me.Name:
		return l.Say("%s was faster: she is on it since %s. Nothing was changed.", s.Ack.By, l.clock(s.Ack.At)), nil
	case s.Round != seen.Round:
		return l.Say("More came since this page was made. Look at it, then say again that you are on it."), nil
	}
	err = p.Recorded(r, audit.Act{Do: "alert-acknowledged", On: key[:min(len(key), 200)], Note: fmt.Sprintf("round %d", seen.Round)}, func(ctx context.Context) error {
		return p.Calls.Acknowledge(ctx, seen, l.me.Name, "desk")
	})
	if errors.Is(err, alert.ErrOver) {
		return l.Say("It is over: nobody is called any more."), nil
	}
	return "", err
}
