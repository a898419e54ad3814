package google

import (
	"net/http"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
)

// maxReply is how many bytes a reply may have.
const maxReply = 4096

// answer is PUT .../reply: it makes the reply, or puts another in the place of the
// one that is there, whoever wrote that.
func (c *call) answer() (any, *failure) {
	var ask struct {
		Comment string `json:"comment"`
	}
	if err := c.body(&ask); err != nil {
		return nil, err
	}
	review, err := c.find()
	switch {
	case err != nil:
		return nil, err
	case ask.Comment == "":
		return nil, invalid("Review reply comment must not be empty.")
	case len(ask.Comment) > maxReply:
		return nil, invalid("Review reply comment is too long.")
	}
	at := c.now().Truncate(time.Second)
	if there := c.reply(review.ID); there != nil {
		if err := c.commit(board.Record{Op: board.Edit, ID: there.ID, Text: ask.Comment, At: at}); err != nil {
			return nil, err
		}
		return c.renderReply(there), nil
	}
	it := c.NewComment(c.board.ByID[review.Post], 0)
	it.Text, it.Author, it.Own, it.Created, it.Parent, it.Root = ask.Comment, c.opt.Name, true, at, review.ID, review.ID
	if err := c.Finish(it); err != nil {
		return nil, invalid(err.Error())
	}
	if err := c.commit(board.Record{Op: board.Add, Item: it}); err != nil {
		return nil, err
	}
	return c.renderReply(it), nil
}

// takeBack is DELETE .../reply.
func (c *call) takeBack() (any, *failure) {
	review, err := c.find()
	if err != nil {
		return nil, err
	}
	there := c.reply(review.ID)
	if there == nil {
		return nil, notFound()
	}
	return object{}, c.commit(board.Record{Op: board.Delete, ID: there.ID})
}

// commit makes a change durable.
func (c *call) commit(rec board.Record) *failure {
	err := c.board.Write(rec)
	if err == nil {
		return nil
	}
	c.opt.Log.Error("could not write the log", zap.Error(err))
	return &failure{Code: http.StatusInternalServerError, Message: "Internal error encountered.", Status: "INTERNAL"}
}

// renderReply gives the reply with what Google's moderation says of it.
func (c *call) renderReply(it *board.Item) object {
	out := object{"comment": it.Text, "updateTime": stamp(updated(it)), "reviewReplyState": "PENDING"}
	since := it.Created
	if it.Edits > 0 {
		since = it.Edited
	}
	if c.now().Before(since.Add(c.span("review-after"))) {
		return out
	}
	switch c.on("review") {
	case "approve":
		out["reviewReplyState"] = "APPROVED"
	case "reject":
		out["reviewReplyState"], out["policyViolation"] = "REJECTED", c.on("violation")
	}
	return out
}

var words = []string{"STAR_RATING_UNSPECIFIED", "ONE", "TWO", "THREE", "FOUR", "FIVE"}

// render gives a review.
func (c *call) render(it *board.Item) object {
	name := c.place() + "/reviews/" + it.ID
	out := object{"name": name, "reviewId": it.ID, "reviewer": reviewer(it), "starRating": words[rating(it)],
		"createTime": stamp(it.Created), "updateTime": stamp(updated(it)), "reviewReplyUrl": "https://business.google.com/reviews/" + it.ID}
	if text := comment(it); text != "" {
		out["comment"] = text
	}
	if reply := c.reply(it.ID); reply != nil {
		out["reviewReply"] = c.renderReply(reply)
	}
	if it.Media != "" {
		item := object{"thumbnailUrl": "https://lh3.example/" + it.ID}
		if it.Media == "video" {
			item["videoUrl"] = "https://lh3.example/" + it.ID + "/video"
		}
		out["reviewMediaItems"] = []object{item}
	}
	return out
}

func reviewer(it *board.Item) object {
	if it.Author == "" {
		return object{"displayName": "A Google user", "isAnonymous": true}
	}
	return object{"displayName": it.Author, "profilePhotoUrl": "https://lh3.example/p"}
}

// comment is the text, with Google's translation before it where there is one.
func comment(it *board.Item) string {
	if translated := it.More[moreTranslated]; translated != "" && it.Text != "" {
		return "(Translated by Google) " + translated + "\n\n(Original)\n" + it.Text
	}
	return it.Text
}
