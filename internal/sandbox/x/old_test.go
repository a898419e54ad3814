package x_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dghubble/go-twitter/twitter"

	"triage/internal/sandbox"
)

// The library that was written for version 1.1 finds it as it was.
func TestVersion1WithItsLibrary(t *testing.T) {
	b := open(t)
	b.clock = time.Now()
	b.turn("v1.1", "on")
	web, _ := signing(b, sandbox.XConsumerSecret)
	client := twitter.NewClient(web)

	me, _, err := client.Accounts.VerifyCredentials(nil)
	if err != nil {
		t.Fatal(err)
	}
	b.want("me", me.IDStr+" "+me.ScreenName, sandbox.XUserID+" cedarfamily")

	first := b.say("my knee & back "+strings.Repeat("hurt ", 60), `,"author":"Pat Example"`)
	second := b.say("my rash", `,"author":"Kim","more":{"mention":"implicit"}`)
	b.say("not you", `,"more":{"mention":"none"}`)
	found, _, err := client.Timelines.MentionTimeline(&twitter.MentionTimelineParams{Count: 200, TweetMode: "extended"})
	if err != nil || len(found) != 2 {
		t.Fatal(len(found), err)
	}
	b.want("newest first", found[0].IDStr+" "+found[1].IDStr, second+" "+first)
	b.want("whole", found[1].FullText, "@cedarfamily my knee &amp; back "+strings.Repeat("hurt ", 60))
	b.want("shown from", found[0].DisplayTextRange.Start(), len("@cedarfamily "))
	b.want("author", found[1].User.ScreenName, "pat_example")
	b.want("mentions", found[0].Entities.UserMentions[0].IDStr, sandbox.XUserID)
	b.want("answers", found[0].InReplyToUserIDStr, sandbox.XUserID)
	if at, err := found[0].CreatedAtTime(); err != nil || time.Since(at) > time.Hour {
		t.Error(at, err)
	}
	since, _, _ := client.Timelines.MentionTimeline(&twitter.MentionTimelineParams{SinceID: found[1].ID})
	b.want("since is exclusive", len(since), 1)
	upTo, _, _ := client.Timelines.MentionTimeline(&twitter.MentionTimelineParams{MaxID: found[1].ID})
	b.want("max is inclusive", upTo[0].IDStr, first)
	b.want("cut", upTo[0].Truncated, true)
}

func TestWritingInVersion1(t *testing.T) {
	b := open(t)
	b.clock = time.Now()
	b.turn("v1.1", "on")
	web, _ := signing(b, sandbox.XConsumerSecret)
	client := twitter.NewClient(web)
	first := b.say("my knee", `,"author":"Pat Example"`)
	second := b.say("my rash", `,"author":"Kim","more":{"mention":"implicit"}`)
	id, implicit := number(first), number(second)

	yes := true
	ours, _, err := client.Statuses.Update("Please call us.", &twitter.StatusUpdateParams{InReplyToStatusID: id, AutoPopulateReplyMetadata: &yes, TweetMode: "extended"})
	if err != nil {
		t.Fatal(err)
	}
	b.want("reply", ours.FullText, "@pat_example Please call us.")
	b.want("to", ours.InReplyToStatusIDStr, first)
	_, resp, err := client.Statuses.Update("Please call us.", nil)
	b.want("duplicate", err.Error(), "twitter: 187 Status is a duplicate.")
	b.want("duplicate", resp.StatusCode, 403)
	_, _, err = client.Statuses.Update("Please call.", &twitter.StatusUpdateParams{InReplyToStatusID: implicit, AutoPopulateReplyMetadata: &yes})
	b.want("not summoned", strings.HasPrefix(err.Error(), "twitter: 433"), true)
	_, _, err = client.Statuses.Update(strings.Repeat("long", 71), nil)
	b.want("too long", strings.HasPrefix(err.Error(), "twitter: 186"), true)
	alone, _, err := client.Statuses.Update("Thank you all", &twitter.StatusUpdateParams{InReplyToStatusID: id})
	if err != nil || alone.InReplyToStatusIDStr != "" {
		t.Error("a reply that names nobody is none:", alone.InReplyToStatusIDStr, err)
	}

	list, _, err := client.Statuses.Lookup([]int64{implicit, ours.ID, 7}, nil)
	if err != nil || len(list) != 2 {
		t.Error("looked up", len(list), err)
	}
	if _, _, err := client.Statuses.Destroy(ours.ID, nil); err != nil {
		t.Error(err)
	}
	_, resp, err = client.Statuses.Show(ours.ID, nil)
	b.want("gone", err.Error(), "twitter: 144 No status found with that ID.")
	b.want("gone", resp.StatusCode, 404)
	_, _, err = client.Statuses.Destroy(implicit, nil)
	b.want("another's", strings.HasPrefix(err.Error(), "twitter: 183"), true)
	_, _, err = client.Statuses.Update("Hello", &twitter.StatusUpdateParams{InReplyToStatusID: ours.ID, AutoPopulateReplyMetadata: &yes})
	b.want("to one that is gone", err != nil, true)
	b.send("PATCH", "/_sandbox/comments/"+second, `{"more":{"protected":"true"}}`)
	_, _, err = client.Statuses.Show(implicit, nil)
	b.want("protected", strings.HasPrefix(err.Error(), "twitter: 179"), true)
	b.says("unknown", b.get("/1.1/nothing.json"), 404, `"code":34`)
	b.token = ""
	b.says("nobody", b.get("/1.1/account/verify_credentials.json"), 401, `"code":215`)
	b.turn("v1.1", "off")
	_, resp, err = client.Timelines.MentionTimeline(nil)
	b.want("closed", resp.StatusCode, 403)
	b.want("closed", strings.HasPrefix(err.Error(), "twitter: 453"), true)
}

// The practice reads back what it wrote itself.
func TestTimelineInVersion1(t *testing.T) {
	b := open(t)
	b.clock = time.Now()
	web, _ := signing(b, sandbox.XConsumerSecret)
	client := twitter.NewClient(web)
	_, resp, _ := client.Timelines.UserTimeline(nil)
	b.want("closed", resp.StatusCode, 403)
	b.turn("v1.1", "on")
	pat := b.say("my knee", `,"author":"Pat Example"`)
	b.say("below an advertisement", `,"author":"Kim","post":"ad","kind":"dark"`)
	yes := true
	long := "Please call us " + strings.Repeat("& ask ", 40)
	ours, _, err := client.Statuses.Update(long, &twitter.StatusUpdateParams{InReplyToStatusID: number(pat), AutoPopulateReplyMetadata: &yes})
	if err != nil {
		t.Fatal(err)
	}
	list := func(what string, params *twitter.UserTimelineParams) []twitter.Tweet {
		t.Helper()
		found, _, err := client.Timelines.UserTimeline(params)
		if err != nil {
			t.Fatal(what, err)
		}
		for i := range found {
			b.want(what+": by us", found[i].User.IDStr, sandbox.XUserID)
		}
		return found
	}
	own := list("who asks", &twitter.UserTimelineParams{TweetMode: "extended"})
	b.want("the reply and the first posts", len(own), 4)
	b.want("newest first", own[0].IDStr, ours.IDStr)
	b.want("whole", own[0].FullText, "@pat_example "+strings.ReplaceAll(long, "&", "&amp;"))
	b.want("to", own[0].InReplyToStatusIDStr, pat)
	b.want("not whole", list("by id", &twitter.UserTimelineParams{UserID: number(sandbox.XUserID)})[0].FullText, "")
	b.want("by name", list("by name", &twitter.UserTimelineParams{ScreenName: "CedarFamily", Count: 2})[1].IDStr, own[1].IDStr)
	b.want("since is exclusive", len(list("since", &twitter.UserTimelineParams{SinceID: own[1].ID})), 1)
	b.want("max is inclusive", list("max", &twitter.UserTimelineParams{MaxID: own[1].ID})[0].ID, own[1].ID)
	b.want("left out after counting", len(list("replies", &twitter.UserTimelineParams{ExcludeReplies: &yes, Count: 3})), 2)
}

func TestTimelinesOfOthersInVersion1(t *testing.T) {
	b := open(t)
	b.clock = time.Now()
	b.turn("v1.1", "on")
	web, _ := signing(b, sandbox.XConsumerSecret)
	client := twitter.NewClient(web)
	pat := b.say("my knee", `,"author":"Pat Example"`)
	theirs, _, err := client.Timelines.UserTimeline(&twitter.UserTimelineParams{ScreenName: "pat_example"})
	if err != nil || len(theirs) != 1 || theirs[0].IDStr != pat {
		t.Error("another's:", len(theirs), err)
	}
	_, _, err = client.Timelines.UserTimeline(&twitter.UserTimelineParams{ScreenName: "nobody"})
	b.want("nobody's", err.Error(), "twitter: 34 Sorry, that page does not exist.")
	b.send("PATCH", "/_sandbox/comments/"+pat, `{"more":{"protected":"true"}}`)
	_, resp, err := client.Timelines.UserTimeline(&twitter.UserTimelineParams{ScreenName: "pat_example"})
	b.want("protected", resp.StatusCode, 401)
	b.want("in a shape that the library takes for success", err, nil)
	b.says("protected", b.get("/1.1/statuses/user_timeline.json?screen_name=pat_example"), 401, `"error":"Not authorized."`)
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}
