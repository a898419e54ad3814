package conform

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/internal/ingest"
)

// safe is what is said in public, hello in private. They hold a canary, since no
// reply may be seen either.
const (
	safe  = "Thank you for writing. Please call our office at (503) 555-0142. " + TextCanary
	hello = "Hello, please call our office at (503) 555-0142. " + TextCanary
)

// act makes an attempt and notes what people are told.
func (b *bench) act(kind ingest.ActionKind, item, text string) ingest.Outcome {
	b.Helper()
	b.wire.written()
	out := b.Act(b.Context(), ingest.Action{Kind: kind, Item: item, Text: text})
	b.people(out.Why, out.Code)
	if n := b.wire.written(); n > 1 {
		b.Errorf("%s made %d writes", kind, n)
	}
	return out
}

func (b *bench) mustAct(kind ingest.ActionKind, item, text string) ingest.Outcome {
	b.Helper()
	out := b.act(kind, item, text)
	if out.Result != ingest.Done {
		b.Fatalf("%s: %+v", kind, out)
	}
	return out
}

// can skips a test of what the platform has not.
func (b *bench) can(kind ingest.ActionKind) {
	b.Helper()
	if !b.Capabilities().Can(kind) {
		out := b.Act(b.Context(), ingest.Action{Kind: kind, Item: b.say(1)[0], Text: safe})
		b.people(out.Why)
		if out.Result != ingest.Refused || out.Why == "" {
			b.Errorf("%s cannot be done there, and trying it gives %+v", kind, out)
		}
		b.Skipf("the platform has no %s", kind)
	}
}

func replies(b *bench) {
	item := b.say(1)[0]
	out := b.mustAct(ingest.Reply, item, safe)
	if out.Item == "" {
		b.Error("the reply has no id")
	}
	seen, err := b.Observe(b.Context(), item)
	if err != nil || len(seen.Own) != 1 || seen.Own[0].Item != out.Item || seen.Own[0].Text != safe {
		b.Errorf("observed %d own replies, %v", len(seen.Own), err)
	}
	if s := b.Stage.Stands(b, item); len(s.Replies) != 1 || !strings.Contains(s.Replies[0], "call our office") {
		b.Errorf("on the platform stand %d replies", len(s.Replies))
	}
	found, _ := b.mustSweep(ingest.Mark{})
	if c := found[out.Item]; !c.Own || c.Content.Parent != item {
		b.Errorf("our reply is read as %+v", c)
	}
}

func sendsPrivately(b *bench) {
	b.can(ingest.Private)
	item := b.say(1)[0]
	found, _ := b.mustSweep(ingest.Mark{})
	if until := found[item].PrivateUntil; !until.After(time.Now()) {
		b.Errorf("a private answer is possible until %v", until)
	}
	b.mustAct(ingest.Private, item, hello)
	if seen, err := b.Observe(b.Context(), item); err != nil || seen.Answered == b.Traceless {
		b.Errorf("observed as answered: %v, %v", seen.Answered, err)
	}
	b.act(ingest.Private, item, hello)
	if s := b.Stage.Stands(b, item); len(s.Private) != 1 || s.Private[0] != hello {
		b.Errorf("%d private messages were sent", len(s.Private))
	}
}

func hides(b *bench) {
	b.can(ingest.Hide)
	item := b.say(1)[0]
	found, _ := b.mustSweep(ingest.Mark{})
	if !found[item].CanHide {
		b.Error("it says that it cannot be hidden")
	}
	for range 2 { // the second time it is hidden already
		b.mustAct(ingest.Hide, item, "")
	}
	if seen, err := b.Observe(b.Context(), item); err != nil || seen.Hidden == b.Unseen || seen.Gone {
		b.Errorf("observed as hidden: %v, gone: %v, %v", seen.Hidden, seen.Gone, err)
	}
	if !b.Stage.Stands(b, item).Hidden {
		b.Error("it is not hidden")
	}
}

func takesDown(b *bench) {
	b.can(ingest.TakeDown)
	item := b.say(1)[0]
	out := b.mustAct(ingest.Reply, item, safe)
	if seen, err := b.Observe(b.Context(), out.Item); err != nil || seen.Gone || seen.Text != safe {
		b.Errorf("our reply is observed as gone: %v with %d bytes, %v", seen.Gone, len(seen.Text), err)
	}
	b.mustAct(ingest.TakeDown, out.Item, "")
	if s := b.Stage.Stands(b, item); len(s.Replies) != 0 {
		b.Errorf("%d replies still stand", len(s.Replies))
	}
	if seen, err := b.Observe(b.Context(), out.Item); err != nil || !seen.Gone {
		b.Errorf("what was taken down is observed as gone: %v, %v", seen.Gone, err)
	}
}

func cutBeforeWrite(b *bench) {
	item := b.say(1)[0]
	b.wire.does(rule{}, rule{deed: cutBefore})
	out := b.act(ingest.Reply, item, safe)
	b.wire.does(rule{}, rule{})
	if out.Result != ingest.Unclear && out.Result != ingest.Later || out.Why == "" {
		b.Errorf("%+v", out)
	}
	if s := b.Stage.Stands(b, item); len(s.Replies) != 0 {
		b.Errorf("%d replies stand", len(s.Replies))
	}
	if seen, err := b.Observe(b.Context(), item); err != nil || len(seen.Own) != 0 {
		b.Errorf("observed %d own replies, %v", len(seen.Own), err)
	}
}

func cutAfterWrite(b *bench) {
	item := b.say(1)[0]
	b.wire.does(rule{}, rule{deed: cutAfter})
	out := b.act(ingest.Reply, item, safe)
	b.wire.does(rule{}, rule{})
	if out.Result != ingest.Unclear || out.Why == "" {
		b.Errorf("%+v", out)
	}
	seen, err := b.Observe(b.Context(), item)
	if err != nil || len(seen.Own) != 1 || seen.Own[0].Text != safe {
		b.Errorf("observed %d own replies, %v", len(seen.Own), err)
	}
	if s := b.Stage.Stands(b, item); len(s.Replies) != 1 {
		b.Errorf("%d replies stand", len(s.Replies))
	}
}

func limited(b *bench) {
	item := b.say(1)[0]
	b.wire.does(says(b.Limited), says(b.Limited))
	_, _, err := b.sweep(ingest.Mark{})
	if e := b.kind(err); e.Kind != ingest.Throttled || e.RetryAfter <= 0 || e.RetryAfter > 25*time.Hour {
		b.Errorf("reading: %s, again after %v", e.Kind, e.RetryAfter)
	}
	b.wire.does(rule{}, says(b.Limited))
	if out := b.act(ingest.Reply, item, safe); out.Result != ingest.Later || out.After <= 0 || out.After > 25*time.Hour || out.StopPosting {
		b.Errorf("writing: %+v", out)
	}
	b.wire.does(rule{}, rule{})
	if s := b.Stage.Stands(b, item); len(s.Replies) != 0 {
		b.Errorf("%d replies stand", len(s.Replies))
	}
	b.mustAct(ingest.Reply, item, safe)
}

func dead(b *bench) {
	item := b.say(1)[0]
	for name, refused := range map[string]*bench{"another token": begin(b.TB, b.Subject, true), "its answer": b} {
		if refused == b {
			b.wire.does(says(b.Subject.Dead), says(b.Subject.Dead))
		}
		found, _, err := refused.sweep(ingest.Mark{})
		if e := refused.kind(err); e.Kind != ingest.Dead && e.Kind != ingest.Forbidden || e.Why == "" || len(found) > 0 {
			b.Errorf("%s: reading: %s, found %d", name, e.Kind, len(found))
		}
		if out := refused.act(ingest.Reply, item, safe); out.Result == ingest.Done || out.Why == "" {
			b.Errorf("%s: writing: %+v", name, out)
		}
		if seen, err := refused.Observe(b.Context(), item); err == nil {
			b.Errorf("%s: observed as gone: %v", name, seen.Gone)
		} else {
			refused.people(err.Error())
		}
		bad := 0
		for _, f := range refused.Check(b.Context()) {
			refused.people(f.What, f.Mend)
			if !f.OK {
				bad++
			}
		}
		if bad == 0 {
			b.Errorf("%s: the check finds nothing", name)
		}
		refused.holdsNoSecret()
	}
	b.wire.does(rule{}, rule{})
	if s := b.Stage.Stands(b, item); len(s.Replies) != 0 {
		b.Errorf("%d replies stand", len(s.Replies))
	}
}

// bodies are what servers and things in between answer that means nothing. Each
// holds what must not be seen.
var bodies = map[string]string{
	"nothing": "", "a page": "<html><title>" + TextCanary + "</title>Just a moment ...</html>", "half an object": `{"data":[{"id":"1","text":"` + TextCanary,
	"true": "true", "null": "null", "a number": "7", "a string": `"` + TextCanary + `"`, "another shape": `{"data":{"` + TextCanary + `":1}}`,
	"wrong types": `{"data":[7,null,"` + TextCanary + `",[[]]],"id":{},"error":"` + TextCanary + `","errors":"` + TextCanary + `"}`,
	"deep":        strings.Repeat("[", 20000) + TextCanary, "an error": `{"error":{"message":"` + TextCanary + `"}}`,
}

// nonsense may be an error or harmless; it must not be taken for a success, for a
// deletion, or for having seen everything.
func nonsense(b *bench) {
	items := b.say(2)
	for name, body := range bodies {
		for _, status := range []int{200, 500, 418} {
			bad := says(Answer{Status: status, Body: body})
			b.wire.does(bad, bad)
			what := fmt.Sprintf("%s with status %d", name, status)
			if _, _, err := b.sweep(ingest.Mark{}); err == nil {
				b.Errorf("%s: the sweep succeeds", what)
			}
			if seen, err := b.Observe(b.Context(), items[0]); err == nil {
				b.Errorf("%s: observed, gone: %v", what, seen.Gone)
			} else {
				b.people(err.Error())
			}
			for _, f := range b.Check(b.Context()) {
				b.people(f.What, f.Mend)
			}
			b.wire.does(rule{}, bad)
			if out := b.act(ingest.Reply, items[1], safe); out.Result == ingest.Done || status/100 != 4 && out.Result != ingest.Unclear {
				b.Errorf("%s: replying gives %+v", what, out)
			}
		}
	}
	b.wire.does(rule{}, rule{})
	found, _ := b.mustSweep(ingest.Mark{})
	if m := missing(items, found); len(m) > 0 {
		b.Errorf("%v are missing afterwards", m)
	}
	if s := b.Stage.Stands(b, items[1]); len(s.Replies) != 0 {
		b.Errorf("%d replies stand", len(s.Replies))
	}
}

func stops(b *bench) {
	b.say(1)
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	_, err := b.Sweep(ctx, ingest.Mark{}, b.collect(map[string]ingest.Comment{}))
	if err == nil {
		b.Error("it sweeps on")
	}
	if _, err := b.Observe(ctx, "1"); err == nil {
		b.Error("it observes on")
	}
	if out := b.Act(ctx, ingest.Action{Kind: ingest.Reply, Item: b.say(1)[0], Text: safe}); slices.Contains([]ingest.Result{ingest.Done, ingest.Refused}, out.Result) {
		b.Errorf("it acts on: %+v", out)
	}
}
