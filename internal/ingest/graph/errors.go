package graph

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"triage/internal/ingest"
)

// failure is what an answer says went wrong. It is read leniently, since Meta
// and what stands between use several shapes.
type failure struct {
	known     bool // the answer holds an error of the platform
	code, sub int
	transient bool
}

func failureOf(o Object) failure {
	e := o.Object("error")
	switch {
	case e != nil:
		sub := e.Number("error_subcode")
		if sub == 0 {
			sub = e.Number("subcode") // as debug_token has it
		}
		return failure{known: true, code: e.Number("code"), sub: sub, transient: e.Flag("is_transient")}
	case o.Has("error"), o.Has("error_code"), o.Has("error_description"):
		return failure{known: true, code: o.Number("error_code"), sub: o.Number("error_subcode")}
	}
	return failure{}
}

// name is the code as people look it up, such as "190/463".
func (f failure) name() string {
	switch {
	case f.code == 0:
		return ""
	case f.sub == 0:
		return fmt.Sprint(f.code)
	default:
		return fmt.Sprintf("%d/%d", f.code, f.sub)
	}
}

// say puts the names of platform and account into a sentence.
func (a *API) say(why string) string { return a.words.Replace(why) }

// readError says why a read failed; nil when the answer o is an object without
// an error and a status of success.
func (a *API) readError(x ingest.Exchange, o Object) error {
	f := failureOf(o)
	switch {
	case x.Err != nil:
		return x.ReadError(a.opt.Now())
	case x.OK() && !f.known && o != nil:
		return nil
	case !x.OK() && !f.known:
		if e := x.ReadError(a.opt.Now()); e.Kind != ingest.Throttled {
			return e
		}
	case x.OK() && !f.known:
		return a.senseless(x.Status)
	}
	return a.failed(f, x)
}

// failed words a failure for a reader.
func (a *API) failed(f failure, x ingest.Exchange) *ingest.ReadError {
	now, v := a.opt.Now(), judge(f, x.Status)
	e := &ingest.ReadError{Kind: v.kind, Code: f.name(), Status: x.Status, Why: a.say(readWhy(v)), RetryAfter: max(v.wait, x.RetryAfter(now))}
	if v.kind == ingest.Throttled && v.wait == 0 {
		e.RetryAfter = waitFor(x, now)
	}
	return e
}

// readWhy words a verdict for somebody who only wanted to read.
func readWhy(v verdict) string {
	switch v.kind {
	case ingest.Temporary:
		return "{platform} has trouble of its own; nothing to do, reading goes on by itself"
	case ingest.Bad:
		return "{platform} refused to show something; report this code to whoever looks after triage if it lasts"
	default:
		return v.why
	}
}

// Senseless is the error of an answer that is none of the platform's.
func (a *API) Senseless() error { return a.senseless(0) }

func (a *API) senseless(status int) error {
	return &ingest.ReadError{Kind: ingest.Bad, Status: status,
		Why: a.say("the answer is not one that {platform} gives; check base_url, and whether a proxy or firewall stands in between")}
}

// CodeOf gives the platform's code of a failed read, such as "190/463"; empty if
// it has none.
func CodeOf(err error) string {
	var e *ingest.ReadError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// KindOf gives the kind of a failed read; empty if err is none.
func KindOf(err error) ingest.ReadKind {
	var e *ingest.ReadError
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// Gone reports whether a read failed because the platform does not show the
// object. It may be deleted, or we may not see it: the answer is the same.
func Gone(err error) bool {
	return CodeOf(err) == "100/33" || strings.HasPrefix(CodeOf(err)+"/", "24/")
}

// unreached is how long to wait before trying again what was never sent.
const unreached = time.Minute

// outcome says what a write that was answered with o, which is no confirmation,
// means, and whether that is that the token is dead.
func (a *API) outcome(x ingest.Exchange, o Object, words string) (out ingest.Outcome, dead bool) {
	switch {
	case !x.Sent:
		return ingest.Outcome{Result: ingest.Later, After: unreached,
			Why: a.say("{platform} could not be reached and nothing was sent; nothing to do, it is tried again by itself")}, false
	case x.Err != nil:
		return ingest.Outcome{Result: ingest.Unclear,
			Why: a.say("the connection broke before {platform} answered, so it may or may not have worked; triage looks there before anything else")}, false
	}
	f := failureOf(o)
	v := judge(f, x.Status)
	if v.why == general && words != "" {
		v.why = words
	}
	out = ingest.Outcome{Result: v.result, Code: f.name(), Why: a.say(v.why), StopPosting: v.stop, After: v.wait}
	if out.Code == "" {
		out.Code = fmt.Sprintf("http %d", x.Status)
	}
	if v.result == ingest.Later && v.wait == 0 {
		out.After = waitFor(x, a.opt.Now())
	}
	return out, v.kind == ingest.Dead
}

// withoutToken is the outcome of a write for which there was no token.
func (a *API) withoutToken(err error) ingest.Outcome {
	var e *ingest.ReadError
	if errors.As(err, &e) && e.Kind == ingest.Dead {
		return ingest.Outcome{Result: ingest.Refused, Code: e.Code, StopPosting: true, Why: e.Why}
	}
	return ingest.Outcome{Result: ingest.Later, After: unreached,
		Why: a.say("the {account}'s token could not be had and nothing was sent; nothing to do, it is tried again by itself")}
}
