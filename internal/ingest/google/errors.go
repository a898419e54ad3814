package google

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"triage/internal/ingest"
)

// Google's words for what went wrong that are branched on.
const (
	unauthenticated = "UNAUTHENTICATED"
	denied          = "PERMISSION_DENIED"
	notFound        = "NOT_FOUND"
	invalidArgument = "INVALID_ARGUMENT"
	precondition    = "FAILED_PRECONDITION"
	exhausted       = "RESOURCE_EXHAUSTED"

	noQuota = "QUOTA_0" // ours: the app was granted nothing yet
	noScope = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
	noAPI   = "SERVICE_DISABLED"
)

// words are Google's canonical codes and those reasons that people look up. No
// other word of an answer is repeated: it could be anything.
var words = []string{
	unauthenticated, denied, notFound, invalidArgument, precondition, exhausted, "ABORTED", "ALREADY_EXISTS", "CANCELLED", "DATA_LOSS",
	"DEADLINE_EXCEEDED", "INTERNAL", "OUT_OF_RANGE", "UNAVAILABLE", "UNIMPLEMENTED", "UNKNOWN",
	noScope, noAPI, "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_TYPE_UNSUPPORTED", "ACCOUNT_STATE_INVALID", "CONSUMER_INVALID", "RATE_LIMIT_EXCEEDED",
	"RESOURCE_QUOTA_EXCEEDED", "USER_PROJECT_DENIED",
}

// wordOf is the word for an error of Google's that brings none.
var wordOf = map[int]string{
	http.StatusBadRequest: invalidArgument, http.StatusUnauthorized: unauthenticated, http.StatusForbidden: denied,
	http.StatusNotFound: notFound, http.StatusTooManyRequests: exhausted,
}

// failure is what an answer says went wrong. It is read leniently.
type failure struct {
	known          bool // the answer holds an error of Google's
	status, reason string
	wait           time.Duration
}

func failureOf(o object, status int) failure {
	f := failure{known: o.has("error")}
	e := o.object("error")
	f.status = known(e.text("status"))
	quota := e.text("quota_limit_value")
	details, _ := e.list("details")
	for _, d := range details {
		if r := known(d.text("reason")); r != "" {
			f.reason = r
		}
		if d.object("metadata").has("quota_limit_value") {
			quota = d.object("metadata").text("quota_limit_value")
		}
		if wait, err := time.ParseDuration(d.text("retryDelay")); err == nil && wait > 0 {
			f.wait = wait
		}
	}
	if quota == "0" {
		f.reason = noQuota
	}
	// Of whoever else answers, only these are taken to mean what Google means.
	if f.status == "" && (f.known || status == http.StatusUnauthorized || status == http.StatusTooManyRequests) {
		f.status = wordOf[status]
	}
	return f
}

// known is a word of Google's, or nothing.
func known(word string) string {
	if slices.Contains(words, word) {
		return word
	}
	return ""
}

// name is the code as people look it up, such as "PERMISSION_DENIED" or
// "PERMISSION_DENIED/SERVICE_DISABLED".
func (f failure) name() string {
	if f.reason == "" {
		return f.status
	}
	return strings.TrimPrefix(f.status+"/"+f.reason, "/")
}

// verdict is what an answer means: for a read its kind, for a write its result.
type verdict struct {
	kind   ingest.ReadKind
	result ingest.Result
	why    string
}

const goneWhy = "Google does not show this review or reply any more, it was probably deleted; there is nothing left to do unless it is still in the Business Profile"

// verdicts are by reason and by status.
var verdicts = map[string]verdict{
	noQuota: {ingest.Forbidden, ingest.Refused,
		"Google has not granted this app any calls yet; access to the Business Profile APIs must be applied for in the Google Cloud project, and takes days to be granted"},
	noScope: {ingest.Forbidden, ingest.Refused,
		"the Google account was connected without the permission to manage the Business Profile (business.manage); connect the account again and leave every permission ticked"},
	noAPI: {ingest.Forbidden, ingest.Refused,
		"a Business Profile API is not switched on in the app's Google Cloud project, or Google switched it off after 90 days without use; switch it on there"},
	unauthenticated: {ingest.Dead, ingest.Later,
		"Google no longer accepts the account's token; connect the account again"},
	denied: {ingest.Forbidden, ingest.Refused,
		"the connected Google account may not manage this location; let an owner of the Business Profile make it a manager"},
	notFound: {ingest.Bad, ingest.Refused, goneWhy},
	precondition: {ingest.Forbidden, ingest.Refused,
		"Google shows and takes replies only for a verified location; verify it in the Business Profile"},
	exhausted: {ingest.Throttled, ingest.Later,
		"Google asks this account to call less often; nothing to do, it goes on by itself"},
	invalidArgument: wrong,
}

var (
	trouble = verdict{ingest.Temporary, ingest.Unclear,
		"Google has trouble of its own and does not say whether it worked; nothing to do, triage looks again by itself"}
	wrong = verdict{ingest.Bad, ingest.Refused,
		"Google did not understand the request; do it by hand in the Business Profile and report this code to whoever looks after triage"}
	odd = verdict{ingest.Bad, ingest.Unclear,
		"the answer is not one that Google gives, perhaps something stands in between; look in the Business Profile whether it was published"}
)

// judge decides what a failed answer means, by Google's words and the HTTP
// status. It is the only place that does. What Google cannot be believed to have
// left undone is Unclear.
func judge(f failure, status int) verdict {
	if status/100 == 5 || status/100 == 3 || status == http.StatusRequestTimeout || status == http.StatusConflict {
		return trouble
	}
	for _, word := range []string{f.reason, f.status} {
		if v, ok := verdicts[word]; ok {
			return v
		}
	}
	switch {
	case f.status != "": // a word that says nothing of what happened
		return trouble
	case status/100 == 2:
		return odd
	default:
		return wrong
	}
}

// readError says why a read failed; nil when the answer o is an object without
// an error and a status of success.
func (c *Client) readError(x ingest.Exchange, o object) error {
	f := failureOf(o, x.Status)
	switch {
	case x.Err != nil:
		return x.ReadError(c.now())
	case x.OK() && !f.known && o != nil:
		return nil
	case x.OK() && !f.known:
		return senseless(x.Status)
	}
	v := judge(f, x.Status)
	if v == wrong && !f.known { // of whatever stands between
		return x.ReadError(c.now())
	}
	e := &ingest.ReadError{Kind: v.kind, Code: f.name(), Status: x.Status, Why: readWhy(v)}
	if v.kind == ingest.Throttled || v.kind == ingest.Temporary {
		e.RetryAfter = x.RetryAfter(c.now())
	}
	if v.kind == ingest.Throttled {
		e.RetryAfter = waitFor(x, f, c.now())
	}
	return e
}

// readWhy words a verdict for somebody who only wanted to read.
func readWhy(v verdict) string {
	switch {
	case v.kind == ingest.Temporary:
		return "Google has trouble of its own; nothing to do, reading goes on by itself"
	case v == wrong, v == odd:
		return "Google refused to show something; report this code to whoever looks after triage if it lasts"
	default:
		return v.why
	}
}

// senseless is the error of an answer that is no answer of Google's at all.
func senseless(status int) error {
	return &ingest.ReadError{Kind: ingest.Bad, Status: status,
		Why: "the answer is not one that Google gives; check base_url, and whether a proxy or firewall stands in between"}
}

// Google's limits are by the minute; the longest wait that is believed is a day.
const (
	throttleWait = time.Minute
	longestWait  = 24 * time.Hour
)

// waitFor is how long a throttled account has to wait.
func waitFor(x ingest.Exchange, f failure, now time.Time) time.Duration {
	return min(max(x.RetryAfter(now), f.wait, throttleWait), longestWait)
}

// codeOf gives Google's word for a failed read.
func codeOf(err error) string {
	var e *ingest.ReadError
	if errors.As(err, &e) {
		status, _, _ := strings.Cut(e.Code, "/")
		return status
	}
	return ""
}

// outcome says what a write that was answered with o, which is no confirmation,
// means.
func (c *Client) outcome(x ingest.Exchange, o object) ingest.Outcome {
	switch {
	case !x.Sent:
		return ingest.Outcome{Result: ingest.Later, After: unreached,
			Why: "Google could not be reached and nothing was sent; nothing to do, it is tried again by itself"}
	case x.Err != nil:
		return ingest.Outcome{Result: ingest.Unclear,
			Why: "the connection broke before Google answered, so it may or may not have worked; triage looks in the Business Profile before anything else"}
	}
	f := failureOf(o, x.Status)
	v := judge(f, x.Status)
	out := ingest.Outcome{Result: v.result, Code: f.name(), Why: v.why}
	if out.Code == "" {
		out.Code = fmt.Sprintf("http %d", x.Status)
	}
	if v.result == ingest.Later {
		out.After = waitFor(x, f, c.now())
	}
	return out
}
