package facebook

import (
	"errors"
	"fmt"
	"net/http"
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

func failureOf(o object) failure {
	e := o.object("error")
	switch {
	case e != nil:
		return failure{known: true, code: e.number("code"), sub: e.number("error_subcode"), transient: e.flag("is_transient")}
	case o.has("error"), o.has("error_code"), o.has("error_description"):
		return failure{known: true, code: o.number("error_code"), sub: o.number("error_subcode")}
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

// verdict is what an answer means: for a read its kind, for a write its result.
type verdict struct {
	kind   ingest.ReadKind
	result ingest.Result
	stop   bool          // post nothing more from this account
	wait   time.Duration // 0: as the usage headers say
	why    string
}

// rule gives the codes from code to last (0: only code), with that subcode
// (0: any), their verdict.
type rule struct {
	code, last, sub int
	verdict
}

const goneCode = "100/33"

// rules are tried from the top; the first that fits wins.
var rules = []rule{
	dead(190, 458, "the app was removed from the account behind it"),
	dead(190, 459, "Facebook wants the person behind it to log in and confirm something"),
	dead(190, 460, "the password of the person behind it was changed"),
	dead(190, 463, "it has expired"),
	dead(190, 464, "the account of the person behind it is not confirmed"),
	dead(190, 467, "it was withdrawn"),
	dead(190, 492, "the person behind it has no role on the Page any more"),
	dead(190, 0, "it is not valid"),
	dead(102, 0, "its session has ended"),
	{368, 0, 0, verdict{ingest.Throttled, ingest.Refused, true, longestWait,
		"Facebook has blocked posting from this Page for a while; post nothing for a day, then look into the Page's support inbox before trying again"}},
	{10, 0, 2018278, refused("Facebook's time for a private message to this person is over; answer in public or by phone")},
	{3, 0, 0, forbidden},
	{10, 0, 0, forbidden},
	{200, 299, 0, forbidden},
	{4, 0, 0, throttled},
	{17, 0, 0, throttled},
	{32, 0, 0, throttled},
	{341, 0, 0, throttled},
	{613, 0, 0, throttled},
	{80000, 80014, 0, throttled},
	{1, 2, 0, trouble},
	{1200, 0, 0, trouble},
	{100, 0, 33, refused("Facebook does not show this comment any more, it was probably deleted; there is nothing left to do unless it is still on the Page")},
	{100, 0, 2018292, refused("Facebook does not allow a private message for this comment; answer in public or by phone")},
	{506, 0, 0, verdict{ingest.Bad, ingest.Unclear, false, 0,
		"Facebook says that the same text is there already; look on the Page whether it was published"}},
	{551, 0, 0, refused("this person cannot be reached by message at the moment; answer in public or by phone")},
	{10900, 0, 0, verdict{ingest.Bad, ingest.Done, false, 0,
		"a private message for this comment exists already, so no second one was sent; read it in the Page's inbox"}},
	{10901, 10902, 0, refused("Facebook allows no private message for this comment, perhaps because it is older than seven days; answer in public or by phone")},
	{10903, 0, 0, refused("this person cannot be sent a message; answer in public or by phone")},
	{1609005, 0, 0, refused("Facebook could not open the link in the text; correct or remove the link and approve again")},
	{100, 0, 0, wrong},
	{803, 0, 0, wrong},
	{2500, 0, 0, wrong},
}

var (
	forbidden = verdict{kind: ingest.Forbidden, result: ingest.Refused,
		why: "the Page's token lacks a permission for this; ask whoever manages the Page to connect it again and to grant every permission asked for"}
	throttled = verdict{kind: ingest.Throttled, result: ingest.Later,
		why: "Facebook asks this Page to call less often; nothing to do, it goes on by itself"}
	trouble = verdict{kind: ingest.Temporary, result: ingest.Unclear,
		why: "Facebook has trouble of its own and does not say whether it worked; nothing to do, triage looks again by itself"}
	wrong = refused("Facebook did not understand the request; do it by hand on the Page and report this code to whoever looks after triage")
)

func dead(code, sub int, because string) rule {
	return rule{code, 0, sub, verdict{kind: ingest.Dead, result: ingest.Refused, stop: true,
		why: "Facebook no longer accepts the Page's token because " + because + "; ask whoever manages the Page to connect it again"}}
}

func refused(why string) verdict {
	return verdict{kind: ingest.Bad, result: ingest.Refused, why: why}
}

// judge decides what a failed answer means, by code, subcode and HTTP status.
// It is the only place that does. What the platform cannot be believed to have
// left undone is Unclear.
func judge(f failure, status int) verdict {
	for _, r := range rules {
		if f.known && f.code >= r.code && f.code <= max(r.code, r.last) && (r.sub == 0 || r.sub == f.sub) {
			if r.kind == ingest.Bad && r.result == ingest.Refused && (f.transient || status >= 500) {
				return trouble
			}
			return r.verdict
		}
	}
	switch {
	case f.transient, status/100 == 5, status == http.StatusRequestTimeout, status/100 == 3:
		return trouble
	case status == http.StatusTooManyRequests:
		return throttled
	case status/100 == 2:
		return verdict{kind: ingest.Bad, result: ingest.Unclear,
			why: "the answer is not one that Facebook gives, perhaps something stands in between; look on the Page whether it was published"}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return forbidden
	default:
		return wrong
	}
}

// readError says why a read failed; nil when the answer o is an object without
// an error and a status of success.
func (c *Client) readError(x ingest.Exchange, o object) error {
	f := failureOf(o)
	switch {
	case x.Err != nil:
		return x.ReadError(c.now())
	case x.OK() && !f.known && o != nil:
		return nil
	case !x.OK() && !f.known:
		if e := x.ReadError(c.now()); e.Kind != ingest.Throttled {
			return e
		}
	case x.OK() && !f.known:
		return c.senseless(x.Status)
	}
	v := judge(f, x.Status)
	e := &ingest.ReadError{Kind: v.kind, Code: f.name(), Status: x.Status, Why: readWhy(v), RetryAfter: max(v.wait, x.RetryAfter(c.now()))}
	if v.kind == ingest.Throttled && v.wait == 0 {
		e.RetryAfter = waitFor(x, c.now())
	}
	return e
}

// readWhy words a verdict for somebody who only wanted to read.
func readWhy(v verdict) string {
	switch v.kind {
	case ingest.Temporary:
		return "Facebook has trouble of its own; nothing to do, reading goes on by itself"
	case ingest.Bad:
		return "Facebook refused to show something; report this code to whoever looks after triage if it lasts"
	default:
		return v.why
	}
}

// senseless is the error of an answer that is no Facebook answer at all.
func (c *Client) senseless(status int) error {
	return &ingest.ReadError{Kind: ingest.Bad, Status: status,
		Why: "the answer is not one that Facebook gives; check base_url, and whether a proxy or firewall stands in between"}
}

// codeOf gives the platform's code of a failed read.
func codeOf(err error) string {
	var e *ingest.ReadError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
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

// outcome says what a write that was answered with o, which is no
// confirmation, means.
func (c *Client) outcome(x ingest.Exchange, o object) ingest.Outcome {
	switch {
	case !x.Sent:
		return ingest.Outcome{Result: ingest.Later, After: unreached,
			Why: "Facebook could not be reached and nothing was sent; nothing to do, it is tried again by itself"}
	case x.Err != nil:
		return ingest.Outcome{Result: ingest.Unclear,
			Why: "the connection broke before Facebook answered, so it may or may not have worked; triage looks on the Page before anything else"}
	}
	f := failureOf(o)
	v := judge(f, x.Status)
	out := ingest.Outcome{Result: v.result, Code: f.name(), Why: v.why, StopPosting: v.stop, After: v.wait}
	if out.Code == "" {
		out.Code = fmt.Sprintf("http %d", x.Status)
	}
	if v.result == ingest.Later {
		out.After = waitFor(x, c.now())
	}
	return out
}
