//go:build !amd64

package learn

func tile(k int, a []float32, lda int, b, c []float32, ldc int) { tileGo(k, a, lda, b, c, ldc) }
func axpy(alpha float32, x, y []float32)                        { axpyGo(alpha, x, y) }
func dot(x, y []float32) float32                                { return dotGo(x, y) }
