package x

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"triage/internal/ingest"
)

// failure is what an answer says went wrong. X uses the shapes of both versions
// of its API side by side, also in one version's answers.
type failure struct {
	known bool   // the answer holds an error of X
	code  int    // as in version 1.1
	kind  string // the last part of a problem's type, as in version 2
	says  string // its words in lower case: to be matched, never to be shown
}

// What is looked at of an answer that says what went wrong.
const (
	mostErrors = 100
	mostWords  = 500 // bytes of each
)

// failureOf reads what an answer says.
func failureOf(body []byte) (f failure) {
	o := objectOf(body)
	f.take(o)
	errs := o.list("errors")
	for _, e := range errs[:min(len(errs), mostErrors)] {
		f.known = true
		f.take(e)
	}
	for _, name := range []string{"errors", "error"} {
		if !o.has(name) {
			continue
		}
		f.known = true
		f.take(o.object(name))
		f.hear(o.text(name))
	}
	return f
}

// take adds what one object says; the first code and kind count.
func (f *failure) take(o object) {
	if code := o.number("code"); f.code == 0 && code > 0 && code < 10000 {
		f.code = code
	}
	if kind := kindOfProblem(o.text("type")); f.kind == "" {
		f.kind = kind
	}
	for _, name := range []string{"title", "detail", "message", "reason"} {
		f.hear(o.text(name))
	}
	f.known = f.known || f.code != 0 || o.has("title") && o.has("detail")
}

func (f *failure) hear(words string) {
	f.says += " " + strings.ToLower(words[:min(len(words), mostWords)])
}

// Problems on which more depends than what is said about them.
const (
	notFound    = "resource-not-found"
	unavailable = "resource-unavailable"
	broken      = "internal-error"
)

// problems are the types of X's problems, by the last part of their name: what
// stands before it has changed once and may again.
var problems = map[string]bool{
	"invalid-request": true, notFound: true, "not-authorized-for-resource": true, "not-authorized-for-field": true,
	"field-unauthorized": true, "client-forbidden": true, "usage-capped": true, "unsupported-authentication": true,
	"oauth1-permissions": true, "conflict": true, "disallowed-resource": true, unavailable: true, broken: true,
}

// kindOfProblem is the kind of a problem; empty if it is none that we know.
func kindOfProblem(address string) string {
	if kind := path.Base(address); problems[kind] {
		return kind
	}
	return ""
}

// name is the failure as people look it up, such as "187".
func (f failure) name() string {
	if f.code != 0 {
		return fmt.Sprint(f.code)
	}
	return f.kind
}

// verdict is what an answer means: for a read its kind, for a write its result.
type verdict struct {
	kind   ingest.ReadKind
	result ingest.Result
	stop   bool          // post nothing more from this account
	wait   time.Duration // 0: as the headers say
	why    string
	gone   bool // X does not have the post any more
}

// judge decides what a failed answer to an action (empty: to a read) means. It
// is the only place that does. What X cannot be believed to have left undone is
// Unclear.
func judge(f failure, status int, action ingest.ActionKind) verdict {
	for _, r := range rules {
		if r.fits(f, status, action) && (f.known || !r.gone) {
			undone := r.result == ingest.Refused || r.result == ingest.Later && action != ""
			if undone && !r.stop && status >= 500 {
				return trouble
			}
			return r.verdict
		}
	}
	switch {
	case status/100 == 5, status/100 == 3, status == http.StatusRequestTimeout:
		return trouble
	case status/100 == 2:
		return verdict{kind: ingest.Bad, result: ingest.Unclear,
			why: "the answer is not one that X gives, perhaps something stands in between; look on X whether it was published"}
	case status == http.StatusForbidden:
		return forbidden
	case !f.known:
		return between
	default:
		return wrong
	}
}

// readError says why a read failed; nil when it did not. sense tells that the
// body holds what was asked for.
func readError(x ingest.Exchange, sense bool, now time.Time) error {
	switch {
	case x.Err != nil:
		return x.ReadError(now)
	case x.OK() && sense:
		return nil
	}
	f := failureOf(x.Body)
	v := judge(f, x.Status, "")
	if !f.known && v.kind == ingest.Bad {
		return senseless(x.Status)
	}
	e := &ingest.ReadError{Kind: v.kind, Code: f.name(), Status: x.Status, Why: readWhy(v), RetryAfter: max(v.wait, x.RetryAfter(now))}
	if v.kind == ingest.Throttled && v.wait == 0 {
		e.RetryAfter = waitFor(x, now)
	}
	return e
}

// readWhy words a verdict for somebody who only wanted to read.
func readWhy(v verdict) string {
	switch v.kind {
	case ingest.Temporary:
		return "X has trouble of its own; nothing to do, reading goes on by itself"
	case ingest.Bad:
		return `X refused to show something; check user, and try the other value of fields in the configuration, then report this code to whoever looks after triage`
	default:
		return v.why
	}
}

// senseless is the error of an answer that is no answer of X at all.
func senseless(status int) error {
	return &ingest.ReadError{Kind: ingest.Bad, Status: status,
		Why: "the answer is not one that X gives; check base_url, and whether a proxy or firewall stands in between"}
}

// kindOf gives the kind of a failed read.
func kindOf(err error) ingest.ReadKind {
	var e *ingest.ReadError
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// unreached is how long to wait before trying again what was never sent.
const unreached = time.Minute

// outcome says what an answer to an action means that is no confirmation.
func outcome(x ingest.Exchange, action ingest.ActionKind, now time.Time) ingest.Outcome {
	switch {
	case !x.Sent:
		return ingest.Outcome{Result: ingest.Later, After: unreached,
			Why: "X could not be reached and nothing was sent; nothing to do, it is tried again by itself"}
	case x.Err != nil:
		return ingest.Outcome{Result: ingest.Unclear,
			Why: "the connection broke before X answered, so it may or may not have worked; triage looks on X before anything else"}
	}
	f := failureOf(x.Body)
	v := judge(f, x.Status, action)
	out := ingest.Outcome{Result: v.result, Code: f.name(), Why: v.why, StopPosting: v.stop, After: v.wait}
	if out.Code == "" {
		out.Code = fmt.Sprintf("http %d", x.Status)
	}
	if v.result == ingest.Later && v.wait == 0 {
		out.After = waitFor(x, now)
	}
	return out
}

// refusal is an outcome that no request led to.
func refusal(why string) ingest.Outcome { return ingest.Outcome{Result: ingest.Refused, Why: why} }
