# Open time added by two gems: a peer of `sla-bench calendar`, spoken to as hours.py is.
#
#     hours.rb working_hours | biz
require "date"
require "json"

DAYS = %i[mon tue wed thu fri].freeze

def closed(work)
  work["closed"].flat_map { |first, last| (Date.parse(first)..Date.parse(last)).to_a }
end

def opened(work)
  work["opened"].to_h { |day| [Date.parse(day), work["hours"].to_h] }
end

def working_hours(work)
  require "working_hours"
  WorkingHours::Config.time_zone = work["zone"]
  WorkingHours::Config.working_hours = DAYS.to_h { |day| [day, work["hours"].to_h] }
  WorkingHours::Config.holiday_hours = opened(work)
  WorkingHours::Config.holidays = closed(work)
  questions = work["questions"].map { |at, minutes| [Time.at(at).utc, minutes] }
  ->(count) { questions.first(count).map { |at, minutes| WorkingHours.add_minutes(at, minutes) } }
end

def biz(work)
  require "biz"
  schedule = Biz::Schedule.new do |config|
    config.time_zone = work["zone"]
    config.hours = DAYS.to_h { |day| [day, work["hours"].to_h] }
    config.shifts = opened(work)
    config.holidays = closed(work)
  end
  questions = work["questions"].map { |at, minutes| [Time.at(at).utc, minutes] }
  ->(count) { questions.first(count).map { |at, minutes| schedule.time(minutes, :minutes).after(at) } }
end

work = JSON.parse($stdin.gets)
begin
  ask = ARGV[0] == "biz" ? biz(work) : working_hours(work)
rescue LoadError, StandardError => e
  puts "skipped: #{e.message.lines.first&.strip}"
  exit
end
$stdout.sync = true
puts "ready"
count = work["questions"].size
while $stdin.gets
  ask.call(count / 4) # not counted
  start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  answers = ask.call(count)
  seconds = Process.clock_gettime(Process::CLOCK_MONOTONIC) - start
  puts format("%.9f %d", seconds, answers.sum(&:to_i))
end
