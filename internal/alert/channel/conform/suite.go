package conform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
)

// saysItOnce: every notice arrives as one, and people read nothing but its words.
func (k Kind) saysItOnce(t *testing.T) {
	ch, in := k.Start(t, Fine)
	if ch.Kind != k.Name {
		t.Errorf("it is of the kind %q, not %q", ch.Kind, k.Name)
	}
	for name, n := range k.notices(ch.Keeps) {
		t.Run(name, func(t *testing.T) {
			in.Empty()
			if err := ch.Notify(t.Context(), n); err != nil {
				t.Fatalf("it did not arrive: %v (%v)", err, errors.Unwrap(err))
			}
			got, want := in.All(), 1
			if k.Calls != nil {
				want = k.Calls(n)
			}
			if len(got) != want {
				t.Fatalf("%d requests arrived, not %d", len(got), want)
			}
			k.reads(t, n, strings.Join(slices.Concat(got...), "\n"), slices.Concat(got...))
		})
	}
}

// reads checks what people read of a notice.
func (k Kind) reads(t *testing.T, n alert.Notice, all string, said []string) {
	if strings.TrimSpace(all) == "" {
		t.Fatal("people read nothing")
	}
	if k.Longest > 0 && len(all) > k.Longest+len(said)-1 {
		t.Errorf("people read %d bytes; the provider takes %d", len(all), k.Longest)
	}
	if !n.Test {
		if key := "matter"; !strings.Contains(all, key) {
			t.Errorf("what it is about is not in it: %.300q", all)
		}
	}
	for _, s := range said {
		for line := range strings.Lines(s) {
			if line = strings.TrimSpace(line); line != "" && !k.material(n, line) {
				t.Errorf("this is not of the notice: %.300q", line)
			}
		}
	}
}

// material says whether a line that people read is made of the notice's words only.
func (k Kind) material(n alert.Notice, line string) bool {
	own := []string{n.Title(), n.Text(), n.Short(), n.Desk, n.From}
	for _, m := range n.Messages {
		own = append(own, m.What, m.Where, m.Link, m.String())
	}
	line = strings.TrimSuffix(line, "…")
	return slices.ContainsFunc(slices.Concat(own, k.Frame), func(s string) bool { return strings.Contains(s, line) })
}

// fails: a fault is told as a failure in our words, in time, and is final or not.
func (k Kind) fails(t *testing.T, f Fault, final bool) {
	ch, in := k.Start(t, f)
	limit := Patience
	if f == TooMany || f == Broken || f == Refused || f == Gone || f == Untrusted {
		limit = time.Minute // it answers; the machine may be busy
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	began := time.Now()
	err := ch.Notify(ctx, Notice(k.To, Message(alert.New, alert.Page, 1)))
	if took := time.Since(began); took > limit+5*time.Second {
		t.Errorf("it took %v, and had %v", took, limit)
	}
	failed, ok := errors.AsType[*alert.Failure](err)
	if !ok {
		t.Fatalf("the error is %T, not a failure: %v", err, err)
	}
	if failed.Final != final {
		t.Errorf("final is %v: %s (%v)", failed.Final, failed.Why, failed.Cause)
	}
	if f == TooMany && failed.After != asks && in.CanAsk {
		t.Errorf("it asks to wait %v, understood is %v", asks, failed.After)
	}
	k.saysNothing(t, failed, in)
}

// saysNothing: no error says more than our own words.
func (k Kind) saysNothing(t *testing.T, f *alert.Failure, in *Inbox) {
	if len(f.Why) < 20 || strings.Contains(f.Why, "%!") {
		t.Errorf("this says nobody what to do: %q", f.Why)
	}
	said := fmt.Sprintf("%v %v %+v %#v %#v", f, f.Cause, f.Cause, f, f.Cause)
	for err := error(f); err != nil; err = errors.Unwrap(err) {
		said += fmt.Sprintf("\n%T %v %#v", err, err, err)
	}
	for what, canary := range map[string]string{"the secret": SecretCanary, "the answer": AnswerCanary, "the address": k.To, "where it is": in.At} {
		if canary != "" && strings.Contains(said, canary) {
			t.Errorf("%s is in the error: %.400s", what, said)
		}
	}
}

// takesNonsense: a provider that says it has taken it has, whatever else it says.
func (k Kind) takesNonsense(t *testing.T) {
	ch, _ := k.Start(t, Nonsense)
	if err := ch.Notify(t.Context(), Notice(k.To, Message(alert.New, alert.Page, 1))); err != nil {
		t.Errorf("what was taken counts as failed, and is told twice: %v", err)
	}
}
