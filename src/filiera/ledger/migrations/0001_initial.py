"""The ledger is made by hand: Django knows neither partitions nor a table that refuses to be changed."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

FIRST_YEAR, LAST_YEAR = 2009, 2035

TABLE = """
CREATE TABLE ledger_fact (
    year smallint NOT NULL,
    id uuid NOT NULL,
    kind varchar(60) NOT NULL,
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid,
    organisation_id bigint REFERENCES organisations_organisation (id) DEFERRABLE INITIALLY DEFERRED,
    counterpart_id bigint REFERENCES organisations_organisation (id) DEFERRABLE INITIALLY DEFERRED,
    person uuid,
    subject_type varchar(60) NOT NULL,
    subject_key varchar(64) NOT NULL,
    quantity numeric(16, 4) NOT NULL,
    unit varchar(10) NOT NULL,
    amount_eur numeric(16, 2),
    ecosystem_id varchar(4) REFERENCES reference_ecosystem (code) DEFERRABLE INITIALLY DEFERRED,
    region_id varchar(5) REFERENCES reference_region (code) DEFERRABLE INITIALLY DEFERRED,
    size_class varchar(10) NOT NULL,
    source varchar(10) NOT NULL,
    evidence_id bigint REFERENCES files_storedfile (id) DEFERRABLE INITIALLY DEFERRED,
    idempotency_key varchar(64) NOT NULL,
    reverses uuid,
    PRIMARY KEY (year, id),
    CONSTRAINT ledger_fact_recorded_once UNIQUE (year, kind, idempotency_key),
    CONSTRAINT ledger_fact_reversed_once UNIQUE (year, reverses),
    CONSTRAINT ledger_fact_year_of_happening
        CHECK (year = EXTRACT(YEAR FROM happened_at AT TIME ZONE 'UTC')),
    CONSTRAINT ledger_fact_quantity_sign
        CHECK (CASE WHEN reverses IS NULL THEN quantity > 0 ELSE quantity < 0 END),
    CONSTRAINT ledger_fact_known_source CHECK (source IN ('platform', 'declared', 'imported')),
    CONSTRAINT ledger_fact_declared_with_evidence
        CHECK (source <> 'declared' OR reverses IS NOT NULL OR evidence_id IS NOT NULL),
    CONSTRAINT ledger_fact_has_subject CHECK (subject_type <> '' AND subject_key <> '')
) PARTITION BY RANGE (year);

CREATE INDEX ledger_fact_by_organisation ON ledger_fact (organisation_id, happened_at DESC, id);
CREATE INDEX ledger_fact_by_counterpart ON ledger_fact (counterpart_id, happened_at DESC, id);
CREATE INDEX ledger_fact_by_kind ON ledger_fact (kind, happened_at DESC, id);
CREATE INDEX ledger_fact_by_time ON ledger_fact (happened_at DESC, id);
CREATE INDEX ledger_fact_by_subject ON ledger_fact (subject_type, subject_key);
CREATE INDEX ledger_fact_by_person ON ledger_fact (person) WHERE person IS NOT NULL;

COMMENT ON TABLE ledger_fact IS 'Append-only: a mistake is reversed by another fact, never changed.';
"""

# A trigger also stops the owner of the table, whom privileges do not.
GUARDS = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts of the ledger are never changed or deleted; reverse the fact instead'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_fact_never_changes';
END $$;

CREATE FUNCTION ledger_check_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE original ledger_fact%ROWTYPE;
BEGIN
    SELECT * INTO original FROM ledger_fact WHERE year = NEW.year AND id = NEW.reverses;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no fact %/% to reverse', NEW.year, NEW.reverses
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_fact_reverses_a_fact';
    END IF;
    IF original.reverses IS NOT NULL THEN
        RAISE EXCEPTION 'a reversal is not reversed; record the fact again'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_fact_reverses_no_reversal';
    END IF;
    IF (NEW.kind, NEW.happened_at, NEW.organisation_id, NEW.counterpart_id, NEW.person, NEW.subject_type,
        NEW.subject_key, NEW.quantity, NEW.unit, NEW.amount_eur, NEW.ecosystem_id, NEW.region_id,
        NEW.size_class)
       IS DISTINCT FROM
       (original.kind, original.happened_at, original.organisation_id, original.counterpart_id,
        original.person, original.subject_type, original.subject_key, -original.quantity, original.unit,
        -original.amount_eur, original.ecosystem_id, original.region_id, original.size_class)
    THEN
        RAISE EXCEPTION 'a reversal repeats its fact with the opposite quantity and amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_fact_reversal_mirrors_fact';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_check_reversal BEFORE INSERT ON ledger_fact
    FOR EACH ROW WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION ledger_check_reversal();
CREATE TRIGGER ledger_refuse_change BEFORE UPDATE OR DELETE ON ledger_fact
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_refuse_truncate BEFORE TRUNCATE ON ledger_fact
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

# Triggers on TRUNCATE are not inherited, so each partition has its own.
PARTITIONS = f"""
DO $$
DECLARE
    of_year integer;
    partition text;
    reader record;
BEGIN
    FOR of_year IN {FIRST_YEAR}..{LAST_YEAR} LOOP
        EXECUTE format('CREATE TABLE ledger_fact_%s PARTITION OF ledger_fact FOR VALUES FROM (%s) TO (%s)',
                       of_year, of_year, of_year + 1);
    END LOOP;
    CREATE TABLE ledger_fact_other PARTITION OF ledger_fact DEFAULT;
    FOR partition IN SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_fact'::regclass LOOP
        EXECUTE format('CREATE TRIGGER ledger_refuse_truncate BEFORE TRUNCATE ON %s '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', partition);
    END LOOP;
    FOR reader IN
        SELECT DISTINCT granted.relation::regclass::text AS relation, granted.grantee::regrole::text AS role
        FROM (SELECT pg_class.oid AS relation, relowner, (aclexplode(relacl)).grantee
              FROM pg_class WHERE relkind IN ('r', 'p') AND (oid = 'ledger_fact'::regclass OR oid IN
                  (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'ledger_fact'::regclass))) AS granted
        WHERE granted.grantee NOT IN (0, granted.relowner)
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON %s FROM %s',
                       reader.relation, reader.role);
    END LOOP;
    REVOKE ALL ON ledger_fact FROM PUBLIC;
END $$;
"""

UNDO = """
DROP TABLE ledger_fact;
DROP FUNCTION ledger_check_reversal;
DROP FUNCTION ledger_refuse_change;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("organisations", "0001_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            sql=TABLE + GUARDS + PARTITIONS,
            reverse_sql=UNDO,
            state_operations=[
                migrations.CreateModel(
                    name='Fact',
                    fields=[
                        ('pk', models.CompositePrimaryKey('year', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('year', models.SmallIntegerField()),
                        ('id', models.UUIDField(default=uuid.uuid4)),
                        ('kind', models.CharField(max_length=60)),
                        ('happened_at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('recorded_by', models.UUIDField(null=True)),
                        ('person', models.UUIDField(null=True)),
                        ('subject_type', models.CharField(max_length=60)),
                        ('subject_key', models.CharField(max_length=64)),
                        ('quantity', models.DecimalField(decimal_places=4, default=1, max_digits=16)),
                        ('unit', models.CharField(choices=[('one', 'count'), ('person', 'people'), ('hour', 'hours'), ('euro', 'euro')], max_length=10)),
                        ('amount_eur', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                        ('size_class', models.CharField(blank=True, choices=[('micro', 'Micro (under 10 people)'), ('small', 'Small (10 to 49)'), ('medium', 'Medium (50 to 249)'), ('large', 'Large (250 or more)')], max_length=10)),
                        ('source', models.CharField(choices=[('platform', 'recorded by the platform'), ('declared', 'declared by hand'), ('imported', 'imported')], default='platform', max_length=10)),
                        ('idempotency_key', models.CharField(max_length=64)),
                        ('reverses', models.UUIDField(null=True)),
                        ('counterpart', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                        ('ecosystem', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.ecosystem')),
                        ('evidence', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                        ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='organisations.organisation')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.region')),
                    ],
                ),
            ],
        ),
    ]
