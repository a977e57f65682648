package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
)

// operation is what is done to a payment, and what an Idempotency-Key counts
// for. The provider's own Postman collection uses one key for create and
// capture, so a key counts for one operation on one reference.
type operation string

const (
	opCreate  operation = "create"
	opCancel  operation = "cancel"
	opCapture operation = "capture"
	opRefund  operation = "refund"
	opGet     operation = "get"
	opLog     operation = "events"
)

// conflict is the code of a replay that differs.
func (o operation) conflict() int {
	switch o {
	case opCapture:
		return 4010
	case opRefund:
		return 4150
	default:
		return 4020
	}
}

type idempotency struct {
	op             operation
	reference, key string
}

// outcome is what a key led to; a refusal stays one.
type outcome struct {
	request [sha256.Size]byte
	answer  reply
}

const maxKey = 50 // characters

func checkKey(key string) *failure {
	if n := len([]rune(key)); n == 0 || n > maxKey {
		return invalid(detail{"Idempotency-Key", "The header is required and has 1 to 50 characters."})
	}
	return nil
}

// once answers an operation's first request by fn and every repetition with
// the first answer, unless that said to try again. The unit is locked by the
// caller.
func (c *call) once(op operation, reference, key string, fn func() reply) reply {
	id := idempotency{op, reference, key}
	sum := fingerprint(c.body)
	if before, ok := c.unit.remembered[id]; ok {
		if before.request != sum {
			return c.problem(domain(op.conflict()))
		}
		return before.answer
	}
	answer := fn()
	if !answer.passing {
		c.unit.remember(id, outcome{sum, answer})
	}
	return answer
}

// fingerprint is the same for bodies that differ in white space only.
func fingerprint(body []byte) [sha256.Size]byte {
	var compact bytes.Buffer
	if json.Compact(&compact, body) == nil {
		body = compact.Bytes()
	}
	return sha256.Sum256(body)
}
