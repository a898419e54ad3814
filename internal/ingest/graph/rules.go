package graph

import (
	"net/http"
	"time"

	"triage/internal/ingest"
)

// verdict is what an answer means: for a read its kind, for a write its result.
// Why names {platform} and {account}.
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

const (
	anyCode   = 1 << 30
	spamPause = time.Hour // after a limit whose length Meta does not tell
)

// rules are tried from the top; the first that fits wins. Most are of the error
// tables of the Graph API and the Messenger Platform, those with the subcodes
// 25340xx and 20182xx are known from other programs only.
var rules = []rule{
	dead(190, 458, "the app was removed from the account behind it"),
	dead(190, 459, "{platform} wants the person behind it to log in and confirm something"),
	dead(190, 460, "the password of the person behind it was changed"),
	dead(190, 463, "it has expired"),
	dead(190, 464, "the account of the person behind it is not confirmed"),
	dead(190, 467, "it was withdrawn"),
	dead(190, 492, "the person behind it has no role on the {account} any more"),
	dead(190, 0, "it is not valid"),
	dead(102, 0, "its session has ended"),
	{368, 0, 0, blocked},
	{4, 0, 2207051, blocked},
	{9, 0, 2207042, verdict{ingest.Throttled, ingest.Later, true, spamPause,
		"{platform} lets this {account} publish no more for now; nothing to do, it is tried again by itself"}},
	{10, 0, 2018278, late},
	{10, 0, 2534022, late},
	{0, anyCode, 2534025, refused("{platform} allows no private message for this comment, perhaps because there is one already; read the {account}'s inbox, then answer in public or by phone")},
	{0, anyCode, 2534014, refused("{platform} does not find this person any more; answer in public or by phone")},
	{0, anyCode, 2534001, refused("the conversation with this person was deleted; answer in public or by phone")},
	{0, anyCode, 2534013, refused("{platform} takes no private message from this {account} at the moment; answer in public, or by hand later")},
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
	{100, 0, 33, gone},
	{24, 0, 0, gone},
	{100, 0, 2018292, refused("{platform} does not allow a private message for this comment; answer in public or by phone")},
	{506, 0, 0, verdict{ingest.Bad, ingest.Unclear, false, 0,
		"{platform} says that the same text is there already; look there whether it was published"}},
	{551, 0, 0, refused("this person cannot be reached by message at the moment; answer in public or by phone")},
	{10900, 0, 0, verdict{ingest.Bad, ingest.Done, false, 0,
		"a private message for this comment exists already, so no second one was sent; read it in the {account}'s inbox"}},
	{10901, 10902, 0, refused("{platform} allows no private message for this comment, perhaps because it is older than seven days; answer in public or by phone")},
	{10903, 0, 0, refused("this person cannot be sent a message; answer in public or by phone")},
	{1609005, 0, 0, refused("{platform} could not open the link in the text; correct or remove the link and approve again")},
	{100, 0, 0, wrong},
	{803, 0, 0, wrong},
	{2500, 0, 0, wrong},
}

var (
	blocked = verdict{ingest.Throttled, ingest.Refused, true, longestWait,
		"{platform} has blocked posting from this {account} for a while; post nothing for a day, then look what {platform} tells the {account} about it before trying again"}
	late      = refused("{platform}'s time for a private message to this person is over; answer in public or by phone")
	gone      = refused("{platform} does not show this comment any more, it was probably deleted; there is nothing left to do unless it can still be seen there")
	forbidden = verdict{kind: ingest.Forbidden, result: ingest.Refused,
		why: "the {account}'s token lacks a permission for this; ask whoever manages the {account} to connect it again and to grant every permission asked for"}
	throttled = verdict{kind: ingest.Throttled, result: ingest.Later,
		why: "{platform} asks this {account} to call less often; nothing to do, it goes on by itself"}
	trouble = verdict{kind: ingest.Temporary, result: ingest.Unclear,
		why: "{platform} has trouble of its own and does not say whether it worked; nothing to do, triage looks again by itself"}
	wrong = refused(general)
)

// general is what is said about a request that the platform does not take, where
// nothing better is known.
const general = "{platform} did not understand the request; do it by hand there and report this code to whoever looks after triage"

func dead(code, sub int, because string) rule {
	return rule{code, 0, sub, verdict{kind: ingest.Dead, result: ingest.Refused, stop: true,
		why: "{platform} no longer accepts the {account}'s token because " + because + "; ask whoever manages the {account} to connect it again"}}
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
			why: "the answer is not one that {platform} gives, perhaps something stands in between; look there whether it was published"}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return forbidden
	default:
		return wrong
	}
}
