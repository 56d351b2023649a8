// pool_submit.go - Go: a million jobs for two workers, each with a future: a channel that its worker closes.
//
// SPDX-License-Identifier: MIT
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

type job struct {
	run  func()
	done chan struct{}
}

func submit(jobs chan<- job, run func()) <-chan struct{} {
	done := make(chan struct{})
	jobs <- job{run, done}
	return done
}

func worker(jobs <-chan job) {
	for job := range jobs {
		job.run()
		close(job.done)
	}
}

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	var ran int64
	body := func() { atomic.AddInt64(&ran, 1) }
	jobs := make(chan job, 65536)
	for i := 0; i < 2; i++ {
		go worker(jobs)
	}
	futures := make([]<-chan struct{}, count)
	start := time.Now()
	for i := range futures {
		futures[i] = submit(jobs, body)
	}
	for _, future := range futures {
		<-future
	}
	spent := float64(time.Since(start).Nanoseconds())
	if ran != int64(count) {
		panic("not every job ran")
	}
	fmt.Printf("{\"bench\":\"pool.submit\",\"subject\":\"go\",\"unit\":\"ns\",\"value\":%.6g}\n",
		spent/float64(count))
}
