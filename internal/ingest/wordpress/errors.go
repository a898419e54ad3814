package wordpress

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"triage/internal/ingest"
)

// verdict is what an answer means: for a read its kind, for a write its result.
type verdict struct {
	kind   ingest.ReadKind
	result ingest.Result
	stop   bool          // post nothing more from this account
	wait   time.Duration // at least, where the answer says nothing
	why    string
}

const (
	floodWait  = 20 * time.Second // WordPress wants 15 between two comments
	limitWait  = time.Minute      // where a limit does not say for how long
	updateWait = time.Minute      // WordPress is back within minutes
	unreached  = time.Minute      // before trying again what was never sent
)

var (
	anonymous = verdict{kind: ingest.Dead, result: ingest.Refused, stop: true,
		why: "WordPress takes us for a visitor: the user or the application password is wrong or was revoked, or the web server does not hand on the Authorization header; make a new application password for the user, and if that does not help ask whoever hosts the site"}
	forbidden = verdict{kind: ingest.Forbidden, result: ingest.Refused,
		why: "the user may not do this on the site; give the user the role Editor in WordPress under Users"}
	limited = verdict{kind: ingest.Throttled, result: ingest.Later, wait: limitWait,
		why: "the site's host asks us to call less often; nothing to do, it goes on by itself"}
	trouble = verdict{kind: ingest.Temporary, result: ingest.Unclear,
		why: "the site has trouble of its own and does not say whether it worked; nothing to do, triage looks again by itself"}
	updating = verdict{kind: ingest.Temporary, result: ingest.Later, wait: updateWait,
		why: "WordPress is being updated and did nothing; nothing to do, it is tried again by itself"}
	firewall = verdict{kind: ingest.Temporary, result: ingest.Unclear,
		why: "something before WordPress answered in its place, such as a firewall or a maintenance page, so it is not known whether it worked; if it lasts ask whoever hosts the site to let triage through to the REST API"}
	moved = verdict{kind: ingest.Bad, result: ingest.Unclear,
		why: "the site sends us to another address, which is not followed; put the site's present address into the configuration"}
	unknown = verdict{kind: ingest.Bad, result: ingest.Unclear,
		why: "the answer is not one that WordPress gives, perhaps something stands in between; look on the site whether it was published"}
	noRoute = verdict{kind: ingest.Bad, result: ingest.Refused,
		why: "the site has no REST API for comments at its address; check site in the configuration, and whether a security plugin switches the REST API off"}
	wrong    = refused("WordPress did not understand the request; do it by hand on the site and report this code to whoever looks after triage")
	offstage = refused("the comment waits for approval or was taken out of sight, and an answer would stand there without it; approve it first in WordPress under Comments, then answer")
	gone     = refused("the comment is not on the site any more, it was probably deleted; there is nothing left to do unless it is still to be seen there")
)

func refused(why string) verdict {
	return verdict{kind: ingest.Bad, result: ingest.Refused, why: why}
}

// rules are WordPress' own codes. No other is repeated anywhere: a plugin may
// have put anything into it.
var rules = map[string]verdict{
	"rest_not_logged_in": anonymous, "rest_comment_login_required": anonymous,
	"incorrect_password": anonymous, "invalid_username": anonymous, "invalid_email": anonymous,
	"application_passwords_disabled": anonymous, "application_passwords_disabled_for_user": anonymous,

	"rest_forbidden": forbidden, "rest_forbidden_context": forbidden, "rest_forbidden_param": forbidden,
	"rest_cannot_read": forbidden, "rest_cannot_edit": forbidden, "rest_cannot_delete": forbidden, "rest_cannot_create": forbidden,
	"rest_comment_invalid_author": forbidden, "rest_comment_invalid_author_ip": forbidden, "rest_comment_invalid_status": forbidden,
	"rest_user_cannot_view": forbidden,
	"rest_cannot_read_post": {kind: ingest.Forbidden, result: ingest.Refused,
		why: "the user may not see the post that the comment stands under; give the user the role Editor, or do it by hand on the site"},

	"rest_comment_invalid_id": gone, "rest_post_invalid_id": gone, "rest_comment_invalid_post_id": gone,
	"rest_comment_closed":     refused("comments are closed under this post, so WordPress takes none from a program; answer in WordPress itself under Comments, or open the comments for a moment"),
	"rest_comment_draft_post": refused("the post was taken off the site and is a draft, so nobody could see an answer; there is nothing to do unless it is published again"),
	"rest_comment_trash_post": refused("the post is in the trash, so nobody could see an answer; there is nothing to do unless it is restored"),
	"comment_duplicate": {kind: ingest.Bad, result: ingest.Unclear,
		why: "WordPress says that the same text stands there already; triage looks whether it does"},
	"comment_flood": {kind: ingest.Throttled, result: ingest.Later, wait: floodWait,
		why: "WordPress takes only one comment in a few seconds; nothing to do, it is tried again by itself"},
	"comment_content_column_length": refused("the text is longer than WordPress can store; shorten it and approve again"),
	"rest_comment_content_invalid":  wrong, "rest_comment_author_data_required": wrong, "rest_invalid_param": wrong,
	"rest_missing_callback_param": wrong, "rest_invalid_json": wrong,

	"rest_no_route": noRoute,
	"rest_already_trashed": {kind: ingest.Bad, result: ingest.Done,
		why: "it lies in the trash of the site already; nothing to do"},
	"rest_trash_not_supported":   refused("the site keeps no trash, so triage does not delete there; delete it by hand in WordPress under Comments"),
	"rest_comment_failed_create": trouble, "rest_comment_failed_edit": trouble, "internal_server_error": trouble,
	"wp_die": trouble,
}

// failure is what an answer says went wrong.
type failure struct {
	json bool   // WordPress itself answered
	code string // WordPress' own, if it is known to us
}

func failureOf(o object) failure {
	code := o.text("code")
	if !o.has("code") || !o.has("message") {
		return failure{}
	}
	if _, ours := rules[code]; !ours {
		code = ""
	}
	return failure{json: true, code: code}
}

// judge decides what a failed answer means, by code and HTTP status. It is the
// only place that does. What WordPress cannot be believed to have left undone is
// Unclear.
func judge(f failure, status int) verdict {
	v, known := rules[f.code]
	switch {
	case f.code == "wp_die" && status == http.StatusServiceUnavailable:
		return updating
	case status == http.StatusTooManyRequests:
		return limited
	case f.json && status == http.StatusUnauthorized:
		return anonymous
	case known && (status < 500 || v.result == ingest.Unclear || f.code == "rest_trash_not_supported"):
		return v
	case status/100 == 3:
		return moved
	case f.json && status >= 500, status == http.StatusRequestTimeout:
		return trouble
	case f.json && status == http.StatusForbidden:
		return forbidden
	case f.json && status/100 == 4:
		return wrong
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusGone:
		return noRoute
	case status == http.StatusUnauthorized:
		return refused("something before WordPress asks for a password of its own; ask whoever hosts the site to let triage through to the REST API")
	case status/100 == 2:
		return unknown
	default:
		return firewall
	}
}

// wait is how long an answer asks to wait, or else as long as is usual.
func (c *Client) wait(v verdict, x ingest.Exchange) time.Duration {
	return max(v.wait, x.RetryAfter(c.now()))
}

// readError says why a read failed that was answered with a failure, or with
// something else than was asked for.
func (c *Client) readError(x ingest.Exchange, f failure) *ingest.ReadError {
	if x.Err != nil {
		return x.ReadError(c.now())
	}
	v := judge(f, x.Status)
	return &ingest.ReadError{Kind: v.kind, Code: f.code, Status: x.Status, RetryAfter: c.wait(v, x), Why: readWhy(v)}
}

// readWhy words a verdict for somebody who only wanted to read.
func readWhy(v verdict) string {
	switch {
	case v == firewall:
		return "something before WordPress answered in its place, such as a firewall or a maintenance page; if it lasts ask whoever hosts the site to let triage through to the REST API"
	case v == unknown:
		return "the answer is not one that WordPress gives; check site in the configuration, and whether a proxy, cache or firewall stands in between"
	case v.kind == ingest.Temporary:
		return "the site has trouble of its own or is being updated; nothing to do, reading goes on by itself"
	case v.kind == ingest.Throttled:
		return limited.why
	case v == moved, v == noRoute, v.kind != ingest.Bad:
		return v.why
	default:
		return "WordPress refused to show something; report this code to whoever looks after triage if it lasts"
	}
}

// senseless is the error of an answer that makes no sense.
func senseless(status int) *ingest.ReadError {
	return &ingest.ReadError{Kind: ingest.Bad, Status: status, Why: readWhy(unknown)}
}

// readErrorOf gives the failed read behind an error; an empty one if there is
// none.
func readErrorOf(err error) ingest.ReadError {
	var e *ingest.ReadError
	if errors.As(err, &e) {
		return *e
	}
	return ingest.ReadError{}
}

// isGone reports whether a failed read says that what was asked for is not
// there, and that WordPress itself says so.
func isGone(err error) bool {
	e := readErrorOf(err)
	return e.Status == http.StatusNotFound && rules[e.Code] == gone
}

// outcome says what a write that was answered with o, which is no confirmation,
// means.
func (c *Client) outcome(x ingest.Exchange, o object) ingest.Outcome {
	switch {
	case !x.Sent:
		return ingest.Outcome{Result: ingest.Later, After: unreached,
			Why: "the site could not be reached and nothing was sent; nothing to do, it is tried again by itself"}
	case x.Err != nil:
		return ingest.Outcome{Result: ingest.Unclear,
			Why: "the connection broke before the site answered, so it may or may not have worked; triage looks on the site before anything else"}
	}
	f := failureOf(o)
	v := judge(f, x.Status)
	out := ingest.Outcome{Result: v.result, Code: f.code, Why: v.why, StopPosting: v.stop}
	if out.Code == "" {
		out.Code = fmt.Sprintf("http %d", x.Status)
	}
	if v.result == ingest.Later {
		out.After = c.wait(v, x)
	}
	return out
}

// unread is the outcome of an action before which the comment could not be read:
// nothing was done.
func unread(err error) ingest.Outcome {
	e := readErrorOf(err)
	out := ingest.Outcome{Result: ingest.Refused, Code: e.Code, Why: e.Why}
	switch {
	case isGone(err):
		out.Why = gone.why
	case e.Kind == ingest.Dead:
		out.StopPosting = true
	case e.Kind == ingest.Temporary, e.Kind == ingest.Throttled, e.Kind == "":
		out.Result, out.After = ingest.Later, max(e.RetryAfter, unreached)
		out.Why = "the comment could not be read before acting, so nothing was done; nothing to do, it is tried again by itself"
	}
	return out
}
